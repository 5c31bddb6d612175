// SPDX-License-Identifier: Apache-2.0
// Packets over the network, and calls of its clients.
#include <deque>
#include <string>

#include "bench/work.h"
#include "models/fabric/network.h"
#include "workloads/rpc_clients.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using sim::Bytes;

constexpr int kMachines = 64;
constexpr Bytes kSize{1000};

/// Messages that are always under way between the server and clients: one that arrives goes back.
class Messages {
 public:
  Messages(const fabric::FabricParams& params, std::int64_t count) : net_(sim_, params) {
    for (std::int64_t i = 0; i < count; ++i) send(1 + static_cast<int>(i) % net_.clients(), true);
  }
  std::int64_t run() {
    const std::int64_t before = arrived_;
    sim_.run();
    return arrived_ - before;
  }

 private:
  void send(fabric::Node client, bool to_server) {
    net_.send(to_server ? client : 0, to_server ? 0 : client, kSize, [this, client, to_server] {
      if (++arrived_ % kBatch == 0) sim_.stop();
      send(client, !to_server);
    });
  }

  sim::Simulation sim_;
  fabric::Network net_;
  std::int64_t arrived_ = 0;
};

void messages(benchmark::State& state) {
  Messages model({.near_clients = kMachines}, state.range(0));
  measure(state, [&] { return model.run(); });
}

void messages_across_racks(benchmark::State& state) {
  Messages model({.near_clients = 0, .racks = 4, .rack_clients = kMachines / 4}, state.range(0));
  measure(state, [&] { return model.run(); });
}

/// While bulk flows share the server's link.
void messages_beside_flows(benchmark::State& state) {
  fabric::FabricParams params{.near_clients = kMachines};
  for (int i = 1; i <= 10; ++i)
    params.flows.push_back(
        {.from = i, .to = 0, .size = Bytes{std::int64_t{1} << 40}, .start = i * 1ms});
  Messages model(params, state.range(0));
  measure(state, [&] { return model.run(); });
}

/// A million calls a second of clients whose server answers at once: all that is not the server.
void calls(benchmark::State& state) {
  sim::Simulation sim;
  fabric::Network net(sim, {});
  const auto service = workloads::make_service_times({}, 1);
  workloads::RpcClients clients({}, {.rate = {1e6}}, *service, sim, net, 1);
  clients.to_server([&clients](const rpc::Packet& request) {
    rpc::Header header = std::get<rpc::Header>(rpc::decode(request.header));
    header.kind = rpc::Kind::kReply;
    header.body_bytes = clients.sizes().reply(header.call, header.slo_class);
    rpc::Packet reply{.segment = request.segment, .header = rpc::encode(header)};
    reply.segment.length = reply.segment.total = rpc::kHeaderBytes + header.body_bytes;
    clients.from_server(reply);
  });
  clients.start();
  measure(state, [&] {
    const std::int64_t before = clients.stats().calls.completed;
    sim.run_until(sim.now() + 50ms);
    return clients.stats().calls.completed - before;
  });
}

/// SimGrid in its child process: platform, routes, no flows.
void survey(benchmark::State& state) {
  const fabric::FabricParams params{.near_clients = static_cast<int>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(fabric::survey(params));
}

BENCHMARK(messages)->Arg(1)->Arg(16)->Arg(64)->Arg(256)->Arg(1024);
BENCHMARK(messages_across_racks)->Arg(64);
BENCHMARK(messages_beside_flows)->Arg(64);
BENCHMARK(calls);
BENCHMARK(survey)->Arg(16)->Arg(64)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bench
