// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/trace_recorder.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "experiments/story/names.h"

namespace story {

using core::Core;
using core::Milestone;
using core::Step;
using sim::Cause;
using sim::Time;
using wave::scheduling::Message;
using wave::scheduling::MessageType;

TraceRecorder::TraceRecorder(const sim::Simulation& sim, sim::TraceLog& log, Window window)
    : sim_(sim),
      trace_(log),
      window_(window),
      host_(trace_.track("host")),
      nic_(trace_.track("NIC")),
      pcie_(trace_.track("PCIe")),
      to_nic_(trace_.track("to NIC", pcie_)),
      to_host_(trace_.track("to host", pcie_)),
      requests_(trace_.track("requests")),
      queues_(trace_.track("queues")) {}

void TraceRecorder::add_core(const experiments::CorePlace& place) {
  const std::string name = fmt::format("{} ({})", place.core->name(), name_of(place.role));
  const sim::Track track = trace_.track(name, place.on_nic ? nic_ : host_);
  cores_.emplace(place.core, CoreState{.place = place, .track = track});
  in_order_.push_back(place.core);
}

void TraceRecorder::add_vcpu(std::int64_t thread, int vm, int vcpu) {
  const sim::Track parent = trace_.track(fmt::format("VM {}", vm), trace_.track("VMs"));
  const std::string name = fmt::format("VM {} vCPU {}", vm, vcpu);
  vcpus_[thread] = {.name = name, .track = trace_.track(name, parent)};
}

void TraceRecorder::finish() {
  // A run that was stopped has no more of the window; cores may have begun what lies beyond.
  window_.end = std::max(window_.begin, std::min(window_.end, sim_.now()));
  for (const Core* core : in_order_) {
    CoreState& state = of(*core);
    const Time now = std::max(core->now(), sim_.now());
    close(state, state.activity, now);
    close(state, state.state, now);
  }
  depths_.write(trace_, queues_, window_.begin, window_.end);
}

// What cores are at

void TraceRecorder::does(const Core& core, const char* what, std::int64_t number) {
  CoreState& c = of(core);
  const Time now = core.now();
  const bool is_thread = std::string_view(what) == "thread" || std::string_view(what) == "run";
  if (is_thread) c.thread = number;
  close(c, c.activity, now);
  const std::string state = state_of(c, what, number);
  if (state != c.state.name) {
    close(c, c.state, now);
    c.state = {.name = state,
               .about = {},
               .request = request_of(is_thread ? number : 0),
               .since = now,
               .thread = std::string_view(what) == "thread" ? number : 0};
  }
  if (state == what || std::string_view(what) == "thread") return;
  c.activity = {.name = what,
                .about = subject_name(what, number),
                .request = Cause::kNoRequest,
                .since = now};
  if (std::string_view(what) == "switch") depths_.change("threads waiting", now, -1);
}

void TraceRecorder::close(CoreState& core, Activity& activity, Time now) {
  if (!activity.name.empty())
    span(core.track, activity.name, activity.since, now,
         {.request = activity.request, .what = activity.about});
  if (const auto vcpu = vcpus_.find(activity.thread); vcpu != vcpus_.end())
    span(vcpu->second.track, core.place.core->name(), activity.since, now);
  activity = {};
}

std::string TraceRecorder::state_of(const CoreState& core, const std::string& what,
                                    std::int64_t number) const {
  if (what == "thread") {
    const auto vcpu = vcpus_.find(number);
    return vcpu == vcpus_.end() ? fmt::format("thread {}", number) : vcpu->second.name;
  }
  if (what == "idle" || what == "poll" || what.starts_with("wait")) return what;
  return core.place.role == experiments::CoreRole::kWorker ? "kernel" : name_of(core.place.role);
}

// What they do

void TraceRecorder::begins(const Core& core, const Step&) {
  of(core).step = core.now();
}

void TraceRecorder::ends(const Core& core, const Step& step) {
  CoreState& c = of(core);
  const Time now = core.now();
  if (now > c.step && step.kind != Step::Kind::kWork && step.kind != Step::Kind::kWait)
    span(c.track, name_of(step), c.step, now);
  if (step.kind == Step::Kind::kStore) stored(c, step, now);
  if (step.kind == Step::Kind::kLoad) loaded(c, step, now);
}

void TraceRecorder::stored(CoreState& core, const Step& step, Time now) {
  words_.stored(*core.place.core, step, tell(core, step, now));
}

void TraceRecorder::loaded(CoreState& core, const Step& step, Time now) {
  const auto told = words_.loaded(*core.place.core, step);
  if (!told) return;
  const Store& store = told->teller;
  if (store.name.empty()) return;
  arrow(store.from, store.at, core.track, now, store.name, store.request);
  if (shared_.is(step.mapping->region()) && shared_.at(step.offset).kind == Word::Kind::kDecision)
    depths_.change("decisions in slots", now, -1);
}

/// What a store says, and to how many that adds up.
TraceRecorder::Store TraceRecorder::tell(const CoreState& core, const Step& step, Time now) {
  Store store{.from = core.track, .at = now, .name = {}, .request = Cause::kNoRequest};
  const memory::Region& region = step.mapping->region();
  if (step.bytes.size() < kWordBytes) return store;
  if (!shared_.is(region)) {
    store.name = region.name();
    return store;
  }
  const Word word = shared_.at(words_.last_offset(step));
  const wave::Slot slot = slot_of(step.bytes);
  if (word.kind == Word::Kind::kMessage && slot[wave::kFlagWord] != wave::kFree) {
    const Message message = wave::scheduling::decode_message(slot);
    store.name = name_of(message.type);
    store.request = request_of(wave::scheduling::tid_of(message.gtid));
    count(word, message, now);
  } else if (word.kind == Word::Kind::kMessage) {
    depths_.change("messages", now, -1);
    depths_.change(fmt::format("messages in queue {}", word.number), now, -1);
  } else if (word.kind == Word::Kind::kDecision) {
    store.name = "decision";
    store.request =
        request_of(wave::scheduling::tid_of(wave::scheduling::decode_transaction(slot).target));
    depths_.change("decisions in slots", now, 1);
  } else if (word.kind == Word::Kind::kOutcome) {
    store.name = "outcome";
  }
  return store;
}

void TraceRecorder::count(const Word& word, const Message& message, Time now) {
  depths_.change("messages", now, 1);
  depths_.change(fmt::format("messages in queue {}", word.number), now, 1);
  const bool runnable_now =
      message.type == MessageType::kTaskWakeup || message.type == MessageType::kTaskYield ||
      (message.type == MessageType::kTaskPreempt && (message.flags & Message::kWasLatched) == 0) ||
      (message.type == MessageType::kTaskNew && (message.flags & Message::kRunnable) != 0);
  if (runnable_now) depths_.change("threads waiting", now, 1);
}

void TraceRecorder::interrupts(const Core& by, const Core& to, int kind) {
  const CoreState& sender = of(by);
  interrupts_[{&to, kind}].push_back({sender.track, by.now(), sender.place.on_nic});
}

void TraceRecorder::interrupted(const Core& to, int kind) {
  const CoreState& c = of(to);
  const Time now = sim_.now();
  auto& senders = interrupts_[{&to, kind}];
  const std::string name = name_of_interrupt(kind);
  if (senders.empty()) {
    if (overlaps(now, now)) trace_.instant(c.track, name, now);
    return;
  }
  const Sender sender = senders.front();
  senders.pop_front();
  arrow(sender.from, sender.at, c.track, now, (sender.on_nic ? "MSI-X: " : "IPI: ") + name,
        Cause::kNoRequest);
}

// Requests

std::int64_t TraceRecorder::request_of(std::int64_t thread) const {
  const auto found = handled_.find(thread);
  return found == handled_.end() ? Cause::kNoRequest : found->second;
}

void TraceRecorder::reaches(const Core& core, Milestone milestone, std::int64_t request,
                            std::int64_t thread, Time when) {
  const CoreState& c = of(core);
  const auto arrived = arrived_.find(request);
  switch (milestone) {
    case Milestone::kArrived:
      return begin_request(request, when);
    case Milestone::kAssigned:
      handled_[thread] = request;
      if (arrived != arrived_.end())
        arrow(requests_, arrived->second, c.track, when, "request", request);
      return;
    case Milestone::kStarted:
      if (thread == 0) {  // of a call, which has come over the network
        handled_[c.thread] = request;
        if (arrived != arrived_.end())
          arrow(requests_, arrived->second, c.track, when, "call", request);
      }
      if (overlaps(when, when)) trace_.instant(c.track, "starts", when, {.request = request});
      return;
    case Milestone::kFinished:
      if (thread != 0) {
        arrow(c.track, when, requests_, when, "done", request);
        return end_request(request, when, "request");
      }
      replies_[request] = {c.track, when};
      if (overlaps(when, when)) trace_.instant(c.track, "replies", when, {.request = request});
      return;
  }
}

void TraceRecorder::begin_request(std::int64_t request, Time when) {
  arrived_[request] = when;
}

void TraceRecorder::end_request(std::int64_t request, Time when, const char* name) {
  const auto arrived = arrived_.find(request);
  const bool known = arrived != arrived_.end();
  span(requests_, name, known ? arrived->second : window_.begin, when, {.request = request});
  if (known) arrived_.erase(arrived);
}

void TraceRecorder::begins(std::uint64_t call, const workloads::RpcCall& what) {
  begin_request(static_cast<std::int64_t>(call), what.at);
}

void TraceRecorder::ends(std::uint64_t call) {
  const auto number = static_cast<std::int64_t>(call);
  const auto reply = replies_.find(number);
  if (reply != replies_.end()) {
    arrow(reply->second.from, reply->second.at, requests_, sim_.now(), "reply", number);
    replies_.erase(reply);
  }
  end_request(number, sim_.now(), "call");
}

// The link

void TraceRecorder::carries(pcie::Direction direction, const pcie::Packet& packet) {
  const sim::Track track = direction == pcie::Direction::kToEndpoint ? to_nic_ : to_host_;
  span(track, name_of(packet), packet.start, packet.delivered);
}

void TraceRecorder::has_moved(const pcie::DmaWork& work) {
  span(engine_for(work),
       fmt::format("{} {} B", work.to_host ? "to host" : "from host", work.size.count), work.begin,
       work.end);
}

/// Which engine it was is nobody's business in the model: the one that has been idle for the
/// shortest time. As work is told when it ends, this takes no more of them than there are.
sim::Track TraceRecorder::engine_for(const pcie::DmaWork& work) {
  Engine* engine = nullptr;
  for (Engine& other : engines_)
    if (other.busy_until <= work.begin &&
        (engine == nullptr || other.busy_until > engine->busy_until))
      engine = &other;
  if (engine == nullptr)
    engine = &engines_.emplace_back(
        Engine{trace_.track(fmt::format("DMA engine {}", engines_.size()), pcie_)});
  engine->busy_until = work.end;
  return engine->track;
}

// What lies in the window

void TraceRecorder::span(sim::Track track, const std::string& name, Time begin, Time end,
                         const Cause& cause) {
  if (!overlaps(begin, end)) return;
  trace_.span(track, name, std::max(begin, window_.begin), std::min(end, window_.end), cause);
}

void TraceRecorder::arrow(sim::Track from, Time sent, sim::Track to, Time arrived,
                          const std::string& name, std::int64_t request) {
  if (sent < window_.begin || arrived > window_.end || sent > arrived) return;
  trace_.flow(from, sent, to, arrived, name, request);
}

}  // namespace story
