// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/page.h"

#include "experiments/report/assets.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"
#include "experiments/report/style.h"

namespace report {
namespace {

/// Lets the page load nothing at all, whatever may stand in it.
constexpr const char* kNothingFromOutside =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">";

std::string title_of(const Findings& f) {
  return f.targets.targets.empty() ? "What wavesim found" : "Wave: the paper and the simulation";
}

std::string head(const Findings& f) {
  const std::string style = std::string(kUplotStyle) + kStyleSheet;
  return element("head", std::string("<meta charset=\"utf-8\">") + kNothingFromOutside +
                             "<meta name=\"viewport\" content=\"width=device-width, "
                             "initial-scale=1\">" +
                             element("title", title_of(f)) + element("style", style)) +
         '\n';
}

std::string scripts() {
  return element("script", std::string(kUplotScript) + '\n' + std::string(kPageScript)) + '\n';
}

std::string section(const std::string& title, const std::string& content) {
  if (content.empty()) return {};
  return element("section", element("h2", title) + '\n' + content) + '\n';
}

std::string paper_sections(const Findings& f) {
  return section("Latency against throughput (E4)", load_curves(f)) +
         section("GETs among range queries (E5)", shinjuku_curves(f)) +
         section("Saturation throughput (E3 to E5)", saturation(f)) +
         section("The steps of a context switch (E2)", switch_steps(f)) +
         section("Virtual machines without ticks (E6)", virtual_machines(f)) +
         section("The RPC stack (E7)", rpc_stack(f)) +
         section("Memory management with SOL (E8)", memory_management(f)) +
         section("Every number", targets(f));
}

}  // namespace

std::string page(const Findings& f) {
  std::string body = element("h1", title_of(f)) + '\n' + verdict(f);
  body += paper_sections(f);
  body += section("Curves to choose from", explorer(f));
  body += section("Side by side", side_by_side(f));
  body += section("Where the time goes", time_goes(f));
  body += section("Which assumptions matter", sensitivities(f));
  body += section("Every value", every_value(f));
  body += section("The machine", machine_picture(f));
  body += section("What differs from the defaults", differences(f));
  body += section("Service times", service_times(f));
  body += section("What this rests on", assumptions(f));
  body += section("The experiments in full", resolved_experiments(f));
  body += section("To find the same again", provenance(f));
  body += element("footer", licences()) + '\n';
  return "<!doctype html>\n<html lang=\"en\">" + head(f) +
         element("body", '\n' + element("main", '\n' + body) + scripts()) + "</html>\n";
}

}  // namespace report
