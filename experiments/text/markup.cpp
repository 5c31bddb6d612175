// SPDX-License-Identifier: Apache-2.0
#include "experiments/text/markup.h"

namespace experiments {
namespace {

/// XML knows no control characters but tab and the ends of lines, however they are written.
bool is_unknown_to_xml(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

std::string_view entity_for(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::string_view entity = entity_for(c);
    if (entity.empty())
      out += is_unknown_to_xml(c) ? '?' : c;
    else
      out += entity;
  }
  return out;
}

}  // namespace experiments
