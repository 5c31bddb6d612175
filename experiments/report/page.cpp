// SPDX-License-Identifier: Apache-2.0
#include "experiments/report/page.h"

#include "experiments/report/html.h"
#include "experiments/report/sections.h"
#include "experiments/report/style.h"

namespace report {
namespace {

std::string head() {
  return std::string(
             "<head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
             "<title>wavesim: the paper and the simulation</title>") +
         "<style>" + kStyleSheet + "</style></head>\n";
}

std::string section(const std::string& title, const std::string& content) {
  if (content.empty()) return {};
  return element("section", element("h2", title) + '\n' + content) + '\n';
}

}  // namespace

std::string page(const Findings& f) {
  std::string body = element("h1", "Wave: the paper and the simulation") + '\n';
  body += verdict(f);
  body += section("Latency against throughput (E4)", load_curves(f));
  body += section("GETs among range queries (E5)", shinjuku_curves(f));
  body += section("Saturation throughput (E3 to E5)", saturation(f));
  body += section("The steps of a context switch (E2)", switch_steps(f));
  body += section("Virtual machines without ticks (E6)", virtual_machines(f));
  body += section("The RPC stack (E7)", rpc_stack(f));
  body += section("Memory management with SOL (E8)", memory_management(f));
  body += section("Every number", targets(f));
  body += section("Service times", service_times(f));
  body += section("What this rests on", assumptions(f));
  body += section("The machine and the experiments", appendix(f));
  return "<!doctype html>\n<html lang=\"en\">" + head() + element("body", '\n' + body) +
         "</html>\n";
}

}  // namespace report
