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
    tell(cpu, core::Milestone::kStarted);
    return {.kind = Step::Kind::kRun, .work = request_->work};
  }

  void resume(core::Core& cpu) override { cpu.touch(own_, load_.params_.user_lines); }

  void give(core::Core& from, const Request& request) {
    from.touch(lines_, load_.params_.request_lines);
    request_ = request;
  }

  /// Says where its request has come to, if anybody wants to know.
  void tell(const core::Core& by, core::Milestone milestone) const {
    if (by.observer() != nullptr) [[unlikely]]
      by.observer()->reaches(by, milestone, static_cast<std::int64_t>(request_->arrival.request),
                             wave::scheduling::tid_of(thread->gtid), by.now());
  }

  Generator& home() { return home_; }
  const std::optional<Request>& request() const { return request_; }
  scheduling::Thread* thread = nullptr;

 private:
  Step finish(core::Core& cpu) {
    load_.finished(*this, cpu.now());
    tell(cpu, core::Milestone::kFinished);
    handling_ = false;
    request_.reset();
    cpu.compute(load_.params_.finish);
    cpu.touch(lines_);
    home_.idle.push_back(this);
    if (!home_.waiting.empty()) home_.station.core->unpark();
    return {.kind = Step::Kind::kBlock};
  }

  RequestLoad& load_;
  Generator& home_;
  std::optional<Request> request_;
  bool handling_ = false;
  memory::CoherentLine lines_;  // what its generator and it share
  memory::CoherentLine own_;    // what only it uses
};

RequestLoad::RequestLoad(const RequestLoadParams& params, const ServiceTimes& service,
                         scheduling::Kernel& kernel, const std::vector<Station>& stations,
                         std::uint64_t seed, wave::TableWriter* classes)
    : params_(params),
      kernel_(kernel),
      arrivals_(make_arrivals(params.arrivals, seed)),
      service_(service),
      classes_(classes) {
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
    core.sync();  // else hundreds of messages are under way at once, and the agenda keeps that size
  }
  while (generator.next || !generator.waiting.empty()) {
    wait_for_something(generator);
    while (generator.next && generator.next->at <= core.now()) {
      arrived(generator, *generator.next);
      generator.next = arrivals_->next();
    }
    if (!generator.waiting.empty() && !generator.idle.empty()) assign(generator);
  }
}

void RequestLoad::wait_for_something(Generator& generator) {
  core::Core& core = *generator.station.core;
  if (!generator.waiting.empty()) core.sync();  // a worker may have become idle meanwhile
  while (generator.waiting.empty() || generator.idle.empty()) {
    if (!generator.next) {
      core.park();
    } else if (!core.park_until(generator.next->at)) {
      return;
    }
  }
}

void RequestLoad::arrived(Generator& generator, const Arrival& arrival) {
  const Request request{.arrival = arrival,
                        .work = service_.draw(arrival.request),
                        .is_long = service_.is_long(arrival.request)};
  stats_.came(kind_of(request), request.work);
  const core::Core& core = *generator.station.core;
  if (core.observer() != nullptr) [[unlikely]]
    core.observer()->reaches(core, core::Milestone::kArrived,
                             static_cast<std::int64_t>(arrival.request), 0, arrival.at);
  generator.waiting.push_back(request);
}

void RequestLoad::assign(Generator& generator) {
  const Station& station = generator.station;
  Worker& worker = *generator.idle.front();
  generator.idle.pop_front();
  station.core->does("assign");
  station.core->compute(params_.assign);
  worker.give(*station.core, generator.waiting.front());
  worker.tell(*station.core, core::Milestone::kAssigned);
  generator.waiting.pop_front();
  if (classes_ != nullptr)
    classes_->write(*station.core, wave::scheduling::tid_of(worker.thread->gtid),
                    static_cast<std::uint64_t>(worker.request()->arrival.request_class));
  kernel_.wake(*worker.thread, *station.core, *station.messages, station.cpu);
}

void RequestLoad::finished(Worker& worker, sim::Time when) {
  const Request& request = *worker.request();
  stats_.answered(kind_of(request), when - request.arrival.at);
  worker.home().station.core->simulation().note(request.arrival.request);
}

RequestKind RequestLoad::kind_of(const Request& request) const {
  return workloads::kind_of(service_.is_mix(), request.is_long);
}

Census RequestLoad::census(sim::Time before) const {
  Census census;
  const auto count = [&](const Request& request) {
    if (request.arrival.at < before) census.add(request.is_long);
  };
  for (const Generator& generator : generators_)
    for (const Request& request : generator.waiting) count(request);
  for (const Worker& worker : workers_)
    if (worker.request()) count(*worker.request());
  return census;
}

}  // namespace workloads
