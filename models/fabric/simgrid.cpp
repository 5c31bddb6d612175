// SPDX-License-Identifier: Apache-2.0
// The only file that knows SimGrid: a program that reads a network's parameters and writes what its
// platform turns out to be.
#include <array>
#include <cmath>
#include <map>
#include <simgrid/s4u.hpp>
#include <string>
#include <unistd.h>
#include <utility>

#include "models/fabric/platform.h"
#include "models/fabric/program.h"
#include "sim/sanitizer.h"

namespace fabric {
namespace {

namespace s4u = simgrid::s4u;

// SimGrid counts in seconds and bytes per second.
double seconds(Duration d) {
  return sim::to_seconds(d);
}
double bytes_per_second(Bandwidth rate) {
  return static_cast<double>(rate.bits_per_second()) / 8;
}
std::int64_t picoseconds(double seconds) {
  return std::llround(seconds * 1e12);
}
std::int64_t bits_per_second(double bytes_per_second) {
  return std::llround(bytes_per_second * 8);
}

std::string name_of(Node node) {
  return node == 0 ? "server" : "client" + std::to_string(node);
}

/// SimGrid as a fluid model of a lossless network and nothing else. Its defaults stand for TCP over
/// long distances: they multiply latencies by 13.01, take 3 % of bandwidths away, slow flows down
/// by the window over the latency and let each flow take 5 % of the way back.
s4u::Engine& start_engine() {
  // AddressSanitizer does not know the stacks that SimGrid makes for actors, but threads.
  static std::array<std::string, 11> options{
      "fabric",
      sim::kSanitized ? "--cfg=contexts/factory:thread" : "--cfg=contexts/factory:raw",
      "--log=root.thres:critical",
      "--cfg=network/model:CM02",
      "--cfg=network/latency-factor:1",
      "--cfg=network/bandwidth-factor:1",
      "--cfg=network/weight-S:0",
      "--cfg=network/TCP-gamma:1e30",
      "--cfg=network/crosstraffic:0",
      "--cfg=surf/precision:1e-12",
      "--cfg=maxmin/precision:1e-9"};
  static std::array<char*, options.size() + 1> arguments{};
  for (std::size_t i = 0; i < options.size(); ++i) arguments[i] = options[i].data();
  static int count = options.size();
  static s4u::Engine engine(&count, arguments.data());
  return engine;
}

/// And not a switch's inside, which has room for all.
bool is_shared(const s4u::Link& link) {
  return link.get_sharing_policy() == s4u::Link::SharingPolicy::SHARED;
}

/// The network as star zones, one for each rack, in a star zone that is the spine.
class Builder {
 public:
  explicit Builder(const FabricParams& params) : params_(params) {}

  void build();

  const std::vector<s4u::Link*>& links() const { return links_; }

 private:
  using Links = std::vector<s4u::LinkInRoute>;

  s4u::NetZone& add_rack(const std::string& name, Node first, Node last);
  void add_machine(s4u::NetZone& rack, Node node, const s4u::LinkInRoute& fabric_of_switch);
  void connect_to_spine(s4u::NetZone& rack);
  s4u::LinkInRoute link(s4u::NetZone& zone, const std::string& name, const LinkParams& params);
  s4u::LinkInRoute crossing(s4u::NetZone& zone, const std::string& name, Duration latency);

  const FabricParams& params_;
  s4u::NetZone* spine_ = nullptr;
  std::vector<s4u::Link*> links_;
};

void Builder::build() {
  spine_ = s4u::create_star_zone("spine");
  add_rack("rack0", 0, params_.near_clients);
  for (int i = 0; i < params_.racks; ++i) {
    const Node first = params_.near_clients + i * params_.rack_clients + 1;
    add_rack("rack" + std::to_string(i + 1), first, first + params_.rack_clients - 1);
  }
  spine_->seal();
}

s4u::NetZone& Builder::add_rack(const std::string& name, Node first, Node last) {
  s4u::NetZone& rack = *s4u::create_star_zone(name);
  rack.set_parent(spine_);
  rack.create_router(name + ".switch");
  const s4u::LinkInRoute fabric_of_switch = crossing(rack, name + ".switch", params_.top_of_rack);
  for (Node node = first; node <= last; ++node) add_machine(rack, node, fabric_of_switch);
  rack.seal();
  if (params_.racks > 0) connect_to_spine(rack);
  return rack;
}

/// The way up ends in the rack's switch, behind which the queues are that the ways down begin with.
void Builder::add_machine(s4u::NetZone& rack, Node node, const s4u::LinkInRoute& fabric_of_switch) {
  const LinkParams& params = node == 0 ? params_.server : params_.client;
  s4u::Host* const host = rack.create_host(name_of(node), 1e9);
  auto* const point = host->get_netpoint();
  const Links up{link(rack, name_of(node) + ".up", params), fabric_of_switch};
  const Links down{link(rack, name_of(node) + ".down", params)};
  rack.add_route(point, nullptr, nullptr, nullptr, up, false);
  rack.add_route(nullptr, point, nullptr, nullptr, down, false);
  host->seal();
}

void Builder::connect_to_spine(s4u::NetZone& rack) {
  const std::string name = rack.get_name();
  auto* const gateway = s4u::Engine::get_instance()->netpoint_by_name_or_null(name + ".switch");
  const Links up{link(*spine_, name + ".up", params_.uplink),
                 crossing(*spine_, name + ".spine", params_.spine)};
  const Links down{link(*spine_, name + ".down", params_.uplink),
                   crossing(*spine_, name + ".switch_from_spine", params_.top_of_rack)};
  spine_->add_route(rack.get_netpoint(), nullptr, gateway, nullptr, up, false);
  spine_->add_route(nullptr, rack.get_netpoint(), nullptr, gateway, down, false);
}

s4u::LinkInRoute Builder::link(s4u::NetZone& zone, const std::string& name,
                               const LinkParams& params) {
  s4u::Link* const link = zone.create_link(name, bytes_per_second(params.rate));
  links_.push_back(link->set_latency(seconds(params.latency))->seal());
  return s4u::LinkInRoute(links_.back());
}

s4u::LinkInRoute Builder::crossing(s4u::NetZone& zone, const std::string& name, Duration latency) {
  constexpr double kUnlimited = 1e18;
  s4u::Link* const link = zone.create_link(name, kUnlimited);
  link->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE);
  links_.push_back(link->set_latency(seconds(latency))->seal());
  return s4u::LinkInRoute(links_.back());
}

class Surveyor {
 public:
  Surveyor(const FabricParams& params, const std::vector<s4u::Link*>& links);

  void note_links();
  void note_routes();
  void run_flows(s4u::Engine& engine);

  const Platform& platform() const { return platform_; }

 private:
  Route route(Node from, Node to) const;
  void leave_messages_their_share();
  void start_flow(std::size_t number);
  void note_rates();

  const FabricParams& params_;
  const std::vector<s4u::Link*>& links_;
  std::map<const s4u::Link*, std::size_t> numbers_;  // of links
  Platform platform_;
  Time noted_until_{};
};

Time clock_now() {
  return Time{Duration{picoseconds(s4u::Engine::get_clock())}};
}

Surveyor::Surveyor(const FabricParams& params, const std::vector<s4u::Link*>& links)
    : params_(params), links_(links) {
  for (const s4u::Link* link : links) numbers_.emplace(link, numbers_.size());
}

void Surveyor::note_links() {
  for (const s4u::Link* link : links_)
    platform_.links.push_back(
        {.name = link->get_name(),
         .rate = Bandwidth::bits_per_second(bits_per_second(link->get_bandwidth())),
         .latency = Duration{picoseconds(link->get_latency())},
         .queues = is_shared(*link)});
}

void Surveyor::note_routes() {
  for (Node client = 1; client <= params_.clients(); ++client) {
    platform_.to_server.push_back(route(client, 0));
    platform_.from_server.push_back(route(0, client));
  }
}

Route Surveyor::route(Node from, Node to) const {
  std::vector<s4u::Link*> links;
  double latency = 0;
  s4u::Host::by_name(name_of(from))->route_to(s4u::Host::by_name(name_of(to)), links, &latency);
  Route route;
  for (const s4u::Link* link : links) route.push_back(numbers_.at(link));
  return route;
}

void Surveyor::run_flows(s4u::Engine& engine) {
  leave_messages_their_share();
  platform_.flows.resize(params_.flows.size());
  for (std::size_t i = 0; i < platform_.flows.size(); ++i) start_flow(i);
  s4u::Engine::on_time_advance_cb([this](double) { note_rates(); });
  engine.run();
  for (PlatformLink& link : platform_.links)
    if (!link.flows.empty()) link.flows.push_back({noted_until_, {}});
}

void Surveyor::leave_messages_their_share() {
  for (s4u::Link* link : links_)
    if (is_shared(*link)) link->set_bandwidth(link->get_bandwidth() * (1 - params_.message_share));
}

/// By way of a mailbox: what is sent from host to host directly ignores `set_rate` in 3.32.
void Surveyor::start_flow(std::size_t number) {
  const FlowParams& flow = params_.flows[number];
  FlowSpan& span = platform_.flows[number];
  auto* const mailbox = s4u::Mailbox::by_name("flow" + std::to_string(number));
  s4u::Actor::create("sender", s4u::Host::by_name(name_of(flow.from)), [&flow, &span, mailbox] {
    s4u::this_actor::sleep_until(seconds(flow.start));
    const auto size = static_cast<std::uint64_t>(flow.size.count);
    const s4u::CommPtr comm = mailbox->put_init(&span, size);
    if (flow.limit.bits_per_second() > 0) comm->set_rate(bytes_per_second(flow.limit));
    span.begun = clock_now();
    comm->wait();
    span.ended = clock_now();
  });
  s4u::Actor::create("receiver", s4u::Host::by_name(name_of(flow.to)),
                     [mailbox] { mailbox->get<FlowSpan>(); });
}

/// Runs when the clock has moved, and before SimGrid shares links anew: its rates are still those
/// of the time that has passed.
void Surveyor::note_rates() {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (!is_shared(*links_[i])) continue;
    const Bandwidth now = Bandwidth::bits_per_second(bits_per_second(links_[i]->get_usage()));
    std::vector<FlowRate>& rates = platform_.links[i].flows;
    const Bandwidth before = rates.empty() ? Bandwidth{} : rates.back().rate;
    if (now != before) rates.push_back({noted_until_, now});
  }
  noted_until_ = clock_now();
}

Platform survey_here(const FabricParams& params) {
  s4u::Engine& engine = start_engine();
  Builder builder(params);
  builder.build();
  Surveyor surveyor(params, builder.links());
  surveyor.note_links();
  surveyor.note_routes();
  surveyor.run_flows(engine);
  return surveyor.platform();
}

}  // namespace
}  // namespace fabric

int main() {
  const auto params = fabric::read_words(STDIN_FILENO).get<fabric::FabricParams>();
  fabric::Words answer;
  answer.put(fabric::survey_here(params));
  return fabric::write_words(STDOUT_FILENO, answer) ? 0 : 1;
}
