// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/reasons.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "models/memory/mapping.h"

namespace story {

using core::Step;
using sim::Duration;

namespace {

constexpr const char* kToRootPort = "machine.pcie.root_complex.core_to_root_port";
constexpr const char* kFromRootPort = "machine.pcie.root_complex.root_port_to_core";
constexpr const char* kOtherSocket = "machine.pcie.root_complex.remote_socket";
constexpr const char* kFabric = "machine.pcie.root_complex.fabric";
constexpr const char* kFlight = "machine.pcie.link.flight";
constexpr const char* kBarToMesh = "machine.pcie.endpoint.bar_to_mesh";
constexpr const char* kTimeout = "machine.pcie.link.completion_timeout";
constexpr const char* kDelivery = "machine.pcie.msix.delivery";

Duration sum_of(const std::vector<Reason>& reasons) {
  Duration sum{};
  for (const Reason& reason : reasons) sum += reason.took;
  return sum;
}

/// What is left of `whole`, if anything is.
void add_rest(std::vector<Reason>& reasons, Duration whole, std::string what) {
  const Duration rest = whole - sum_of(reasons);
  if (rest != Duration{}) reasons.push_back({std::move(what), {}, rest});
}

void append(std::vector<Reason>& to, std::vector<Reason> more) {
  for (Reason& reason : more) to.push_back(std::move(reason));
}

std::string last_word(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

bool moved_lines(const Made& step) {
  return std::ranges::any_of(step.parts,
                             [](const core::Part& p) { return p.parameter == nullptr; });
}

bool is_cached(const memory::Mapping& mapping) {
  return mapping.type() == memory::MemoryType::kWriteBack ||
         mapping.type() == memory::MemoryType::kWriteThrough;
}

const char* waits_for(const Made& step) {
  switch (step.kind) {
    case Step::Kind::kWait:
      return std::string_view(step.activity) == "idle" ? "nothing to do" : "nothing has changed";
    case Step::Kind::kWork:
      return "the thread's own work";
    case Step::Kind::kStoreFence:
    case Step::Kind::kFullFence:
      return "until earlier stores have left the core";
    case Step::Kind::kCompute:
      return "rounding";
    default:
      return "until earlier stores of this core are there to be seen";
  }
}

}  // namespace

// Steps

std::vector<Reason> Reasons::of(const Made& step, CoreNumber core) const {
  std::vector<Reason> reasons;
  bool all_known = true;
  for (const core::Part& part : step.parts) reasons.push_back(of(part, step, core));
  if (step.kind == Step::Kind::kLoad) {
    for (const std::size_t number : step.trips) {
      const Trip* const trip = recording_.trip(number);
      all_known = all_known && trip != nullptr;
      if (trip != nullptr) append(reasons, of(*trip));
    }
    if (const Trip* const trip = step.awaited != 0 ? recording_.trip(step.awaited) : nullptr)
      reasons.push_back({"until the line is here that was prefetched",
                         {},
                         std::min(trip->back, step.end) - step.begin});
  }
  add_rest(reasons, step.took(), all_known ? waits_for(step) : "not recorded");
  return reasons;
}

std::string Reasons::outcome(const Made& step) const {
  const bool access = step.kind == Step::Kind::kLoad || step.kind == Step::Kind::kTouch ||
                      step.kind == Step::Kind::kLook;
  if (!access || (step.mapping != nullptr && !is_cached(*step.mapping))) return {};
  if (step.awaited != 0) return "on its way";
  return step.trips.empty() && !moved_lines(step) ? "hit" : "miss";
}

Reason Reasons::of(const core::Part& part, const Made& step, CoreNumber core) const {
  if (part.parameter == nullptr) return of_move(part, core);
  const core::Core& by = *recording_.place(core).core;
  const Duration each = step.kind == Step::Kind::kCompute ? by.scaled(part.each) : part.each;
  std::string path = book_.path_at(part.parameter);
  // Some parts keep a number, not the parameters that it comes from.
  if (path.empty() && std::string_view(step.activity) == "notify")
    path = book_.path_with({"machine.nic.msix_register", "machine.nic.msix_ioctl"}, each);
  if (path.empty() && std::string_view(step.activity) == "leave idleness")
    path = book_.path_with({"machine.linux.idle.c1_exit", "machine.linux.idle.c2_exit_short",
                            "machine.linux.idle.c2_exit_deep"},
                           each);
  std::string what = path.empty() ? "computing" : last_word(path);
  if (part.times != 1) what += fmt::format(" x {}", part.times);
  return {std::move(what), std::move(path), part.times * each};
}

/// A line comes from whoever has it; what that takes follows from the machine's graph unless it is
/// memory or the last-level cache that has it.
Reason Reasons::of_move(const core::Part& part, CoreNumber core) const {
  const bool on_nic = recording_.place(core).on_nic;
  const std::string side = on_nic ? "machine.nic." : "machine.host.";
  std::vector<std::string> sources{side + "caches.last_level", side + "caches.dram"};
  if (on_nic) sources.push_back("machine.nic.core_to_core");
  std::string path = book_.path_with(sources, part.each);
  std::string what = path.empty() ? "line from another core's cache" : "line: " + last_word(path);
  if (part.times != 1) what += fmt::format(" x {}", part.times);
  return {std::move(what), std::move(path), part.times * part.each};
}

// Ways

Reason Reasons::leg(const char* what, const std::string& path) const {
  return {what, path, book_.duration(path)};
}

void Reasons::add_other_socket(std::vector<Reason>& reasons, CoreNumber core) const {
  if (experiments::socket_of(*recording_.place(core).core) == pcie::Socket::kRemote)
    reasons.push_back(leg("between the sockets", kOtherSocket));
}

/// The link's part is what is left: its flight, the bits, and waiting for its wire.
std::vector<Reason> Reasons::of(const Trip& trip) const {
  const bool is_write = trip.kind == memory::PathObserver::Kind::kWrite;
  if (trip.expired) return {{"no answer in time", kTimeout, trip.back - trip.left}};
  if ((is_write ? trip.at_memory : trip.back) == sim::Time{}) return {};  // still on its way
  if (coherent_link_)
    return {{"across the coherent link", {}, (is_write ? trip.at_memory : trip.back) - trip.left}};
  std::vector<Reason> there{leg("core to root port", kToRootPort)};
  add_other_socket(there, trip.core);
  there.push_back(leg("link, there", kFlight));
  const Duration to_memory = trip.at_memory - trip.left;
  const Reason to_mesh = leg("endpoint to memory", kBarToMesh);
  add_rest(there, to_memory - to_mesh.took, "bits and the wire's queue");
  there.push_back(to_mesh);
  if (is_write) return there;
  const std::string memory =
      book_.path_with({"machine.nic.caches.last_level", "machine.nic.caches.dram"}, trip.service);
  there.push_back({"the memory's answer", memory, trip.service});
  const Reason to_core = leg("root port to core", kFromRootPort);
  there.push_back(leg("link, back", kFlight));
  add_other_socket(there, trip.core);
  add_rest(there, trip.back - trip.left - to_core.took, "bits and the wire's queue");
  there.push_back(to_core);
  return there;
}

std::vector<Reason> Reasons::of(const Segment& flight) const {
  if (flight.kind == Segment::Kind::kQueue)
    return {{"it is there, and who is to see it has yet to come by", {}, flight.took()}};
  if (flight.kind == Segment::Kind::kUnseen) return {{"not recorded", {}, flight.took()}};
  std::vector<Reason> reasons;
  const std::size_t number = flight.trip != 0 ? flight.trip : flight.origin->trip;
  if (flight.trip == 0 && flight.origin->kind == Origin::Kind::kInterrupt)
    reasons = of_interrupt(*flight.origin, flight.core);
  else if (const Trip* const trip = number != 0 ? recording_.trip(number) : nullptr)
    reasons = of(*trip);
  add_rest(reasons, flight.took(), "the rest");
  return reasons;
}

std::vector<Reason> Reasons::of_interrupt(const Origin& origin, CoreNumber to) const {
  const Duration took = origin.arrived - origin.sent;
  if (!recording_.place(origin.from).on_nic) {
    const std::string path = book_.path_with(
        {"machine.linux.interrupts.ipi_deliver", "machine.linux.interrupts.ipi_deliver_cross"},
        took);
    return {{"interrupt in flight", path, took}};
  }
  std::vector<Reason> reasons{leg("link, to the host", kFlight),
                              leg("root port to the point of ordering", kFabric)};
  add_other_socket(reasons, to);
  const Reason delivery = leg("to the core's vector", kDelivery);
  add_rest(reasons, took - delivery.took, "bits, translation, and the wire's queue");
  reasons.push_back(delivery);
  return reasons;
}

}  // namespace story
