// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/html.h"

namespace report {
namespace {

std::string row(const Line& line) {
  std::string cells;
  for (const Cell& cell : line) {
    cells += element("td", cell.content, cell.style.empty() ? "" : "class=\"" + cell.style + '"');
  }
  return element("tr", cells) + '\n';
}

}  // namespace

std::string element(const std::string& name, const std::string& content,
                    const std::string& attributes) {
  const std::string space = attributes.empty() ? "" : " ";
  return '<' + name + space + attributes + '>' + content + "</" + name + '>';
}

std::string table(const std::vector<std::string>& heading, const std::vector<Line>& lines) {
  std::string head;
  for (std::size_t column = 0; column < heading.size(); ++column) {
    const bool numbers = !lines.empty() && lines.front().at(column).style == "number";
    head += element("th", escaped(heading[column]),
                    numbers ? "scope=\"col\" class=\"number\"" : "scope=\"col\"");
  }
  std::string body;
  for (const Line& line : lines) body += row(line);
  const std::string content =
      element("thead", element("tr", head)) + '\n' + element("tbody", '\n' + body);
  return element("div", element("table", content), "class=\"wide\" tabindex=\"0\"") + '\n';
}

std::string folded(const std::string& summary, const std::string& text,
                   const std::string& attributes) {
  const std::string content =
      element("summary", escaped(summary)) + element("pre", escaped(text), "tabindex=\"0\"");
  return element("details", content, attributes) + '\n';
}

}  // namespace report
