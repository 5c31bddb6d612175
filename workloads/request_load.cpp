// SPDX-License-Identifier: Apache-2.0
#include "workloads/request_load.h"

#include <utility>

namespace workloads {

using scheduling::Step;

/// A worker thread's code: take the request, handle it, say that it is done, wait.
class RequestLoad::Worker : public scheduling::ThreadBody {
 public:
  Worker(RequestLoad& load, Generator& home) : load_(load), home_(home) {}

  Step next(core::Core& cpu) override {
    if (handling_) return finish(cpu);
    if (!request_) return {.kind = Step::Kind::kBlock};
    cpu.look(lines_, load_.params_.request_lines);
    cpu.touch(own_, load_.params_.user_lines);
    handling_ = true;
    return {.kind = Step::Kind::kRun, .work = load_.service_->draw(request_->request)};
  }

  void give(core::Core& from, const Arrival& request) {
    from.touch(lines_, load_.params_.request_lines);
    request_ = request;
  }

  Generator& home() { return home_; }
  const Arrival& request() const { return *request_; }
  scheduling::Thread* thread = nullptr;

 private:
  Step finish(core::Core& cpu) {
    load_.finished(*this, cpu.now());
    cpu.compute(load_.params_.finish);
    cpu.touch(lines_);
    handling_ = false;
    request_.reset();
    home_.idle.push_back(this);
    if (!home_.waiting.empty()) home_.station.core->unpark();
    return {.kind = Step::Kind::kBlock};
  }

  RequestLoad& load_;
  Generator& home_;
  std::optional<Arrival> request_;
  bool handling_ = false;
  memory::CoherentLine lines_;  // what its generator and it share
  memory::CoherentLine own_;    // what only it uses
};

RequestLoad::RequestLoad(const RequestLoadParams& params, scheduling::Kernel& kernel,
                         const std::vector<Station>& stations, std::uint64_t seed)
    : params_(params),
      kernel_(kernel),
      arrivals_(make_arrivals(params.arrivals, seed)),
      service_(make_service_times(params.service, seed)) {
  for (const Station& station : stations) generators_.emplace_back().station = station;
  for (int i = 0; i < params.threads; ++i)
    workers_.emplace_back(*this, generators_[static_cast<std::size_t>(i) % generators_.size()]);
}

RequestLoad::~RequestLoad() = default;

void RequestLoad::start() {
  for (Generator& generator : generators_) {
    generator.next = arrivals_->next();
    generator.station.core->start([this, &generator] { generate(generator); });
  }
}

/// A load generator's program.
void RequestLoad::generate(Generator& generator) {
  core::Core& core = *generator.station.core;
  for (Worker& worker : workers_) {
    if (&worker.home() != &generator) continue;
    worker.thread = &kernel_.enter(worker, false, core, *generator.station.messages);
    generator.idle.push_back(&worker);
  }
  while (generator.next || !generator.waiting.empty()) {
    wait_for_something(generator);
    while (generator.next && generator.next->at <= core.now()) {
      ++stats_.arrived;
      generator.waiting.push_back(*generator.next);
      generator.next = arrivals_->next();
    }
    if (!generator.waiting.empty() && !generator.idle.empty()) assign(generator);
  }
}

void RequestLoad::wait_for_something(Generator& generator) {
  core::Core& core = *generator.station.core;
  core.sync();
  while (generator.waiting.empty() || generator.idle.empty()) {
    if (!generator.next) {
      core.park();
    } else if (!core.park_until(generator.next->at)) {
      return;
    }
  }
}

void RequestLoad::assign(Generator& generator) {
  const Station& station = generator.station;
  Worker& worker = *generator.idle.front();
  generator.idle.pop_front();
  station.core->compute(params_.assign);
  worker.give(*station.core, generator.waiting.front());
  generator.waiting.pop_front();
  kernel_.wake(*worker.thread, *station.core, *station.messages, station.cpu);
}

void RequestLoad::finished(Worker& worker, sim::Time when) {
  ++stats_.completed;
  stats_.latency.record(when - worker.request().at);
  auto& simulation = worker.home().station.core->simulation();
  simulation.note(worker.request().request);
}

}  // namespace workloads
