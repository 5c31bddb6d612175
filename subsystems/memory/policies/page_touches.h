// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace tiering {

/// The share of pages that a period leaves untouched, from how many of them were: half a page is
/// added to both, so that a batch with all its pages touched does not look infinitely hot.
inline double untouched_share(double accessed, int pages) {
  return (pages - accessed + 0.5) / (pages + 0.5);
}

/// How often a batch's pages were accessed between two scans, from how many of them were: what is
/// most likely if accesses fall on the pages independently and evenly (Poisson), when a page stays
/// untouched with probability exp(-accesses/pages). With the half page added the mean is right but
/// for terms of order 1/pages^2, up to where hardly a page stays untouched.
inline double accesses_told(double accessed, int pages) {
  return -pages * std::log(untouched_share(accessed, pages));
}

}  // namespace tiering
