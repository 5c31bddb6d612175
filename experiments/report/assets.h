// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace report {

// The files of web/ that a page carries, put into the program when it is built.

extern const std::string_view kUplotScript;   // uPlot 1.6.32, minified
extern const std::string_view kUplotStyle;    // its style sheet
extern const std::string_view kUplotLicence;  // and its licence, which goes where it goes
extern const std::string_view kPageScript;    // our own: charts, the explorer, buttons

}  // namespace report
