// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace experiments {

/// Text as it may stand in HTML, SVG and XML, between tags and in attributes alike.
std::string escaped(std::string_view text);

}  // namespace experiments
