// SPDX-License-Identifier: Apache-2.0
#include "workloads/request_sampler.h"

namespace workloads {

RequestSampler::RequestSampler(const PageLoadParams& params, sim::Simulation& sim, PageLoad& load,
                               tiering::AccessDelays& delays, std::uint64_t seed)
    : sim_(sim),
      load_(load),
      delays_(delays),
      stream_(seed, "sampled requests"),
      gap_(sim::from_seconds(1 / params.sampled.per_second)) {}

void RequestSampler::start() {
  sim_.after(gap_(stream_), [this] {
    sample();
    start();
  });
}

void RequestSampler::sample() {
  load_.draw_request(stream_, pages_);
  tiering::Delay delay{.stalled = delays_.stalled()};
  for (const PageLoad::Batch batch : pages_) delay += delays_.of_access(batch, stream_);
  ++stats_.sampled;
  stats_.added.record(delay.total());
  stats_.slow += delay.slow;
  stats_.setting += delay.setting;
  stats_.refilling += delay.refilling;
  stats_.waiting += delay.waiting;
  stats_.stalled += delay.stalled;
}

}  // namespace workloads
