// SPDX-License-Identifier: Apache-2.0
// The same work on ns-3, one tick being its nanosecond. It has no processes.
#include <functional>
#include <ns3/nstime.h>
#include <ns3/simulator.h>
#include <utility>

#include "bench/callbacks.h"

namespace bench {
namespace {

ns3::Time nanoseconds(Ticks d) {
  return ns3::NanoSeconds(static_cast<std::uint64_t>(d));
}

/// Its default scheduler, a std::map: the heap would be faster and loses the order of time when
/// entries are removed (seen in 3.37).
class Ns3 {
 public:
  class Timer;

  explicit Ns3(std::int64_t) {}
  ~Ns3() { ns3::Simulator::Destroy(); }
  Ns3(const Ns3&) = delete;
  Ns3& operator=(const Ns3&) = delete;

  template <class F>
  void after(Ticks d, F f) {
    ns3::Simulator::Schedule(nanoseconds(d), f);
  }
  void run() { ns3::Simulator::Run(); }
  void stop() { ns3::Simulator::Stop(); }
};

class Ns3::Timer {
 public:
  Timer(Ns3&, std::function<void()> f) : f_(std::move(f)) {}
  void arm(Ticks d) { id_ = ns3::Simulator::Schedule(nanoseconds(d), &Timer::fire, this); }
  void cancel() { ns3::Simulator::Cancel(id_); }

 private:
  void fire() { f_(); }
  std::function<void()> f_;
  ns3::EventId id_;
};

BENCHMARK(hold<Ns3>)->Name("hold")->Apply(pending);
BENCHMARK(cancel<Ns3>)->Name("cancel")->Apply(pending);
BENCHMARK(link<Ns3>)->Name("link");

}  // namespace
}  // namespace bench
