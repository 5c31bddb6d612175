// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace experiments {

/// Text as it may stand in HTML, SVG and XML, between tags and in attributes alike. A control
/// character that XML does not know becomes a question mark.
std::string escaped(std::string_view text);

}  // namespace experiments
