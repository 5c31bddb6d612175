// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/agent_program.h"

#include <algorithm>
#include <utility>

namespace scheduling {

using wave::Event;
using wave::Work;
using wave::scheduling::Message;
using wave::scheduling::MessageType;
using wave::scheduling::Outcome;
using wave::scheduling::Transaction;

AgentProgram::AgentProgram(wave::Runtime& runtime, Policy& policy, const AgentOptions& options)
    : runtime_(runtime),
      policy_(policy),
      options_(options),
      cpus_(static_cast<std::size_t>(runtime.slots())),
      unanswered_(options.renotify_after) {}

void AgentProgram::run() {
  while (!runtime_.leaving()) {
    const Event event = runtime_.poll(deadline());
    switch (event.kind) {
      case Event::Kind::kMessage:
        receive(wave::scheduling::decode_message(event.slot));
        break;
      case Event::Kind::kOutcome:
        handle_outcome(event.source, wave::scheduling::decode_outcome(event.outcome));
        break;
      case Event::Kind::kNone:
        break;
    }
    notify_again();
    schedule();
  }
}

// What happened to threads

void AgentProgram::receive(const Message& message) {
  runtime_.charge(Work::kHandleMessage);
  ++stats_.messages;
  if (message.gtid == 0) return;  // messages about CPUs: nothing that this program needs
  if (message.type == MessageType::kTaskWork) return given_work(message);
  const ThreadId id = id_of(message.gtid);
  if (is_old(message)) return;
  if (!is_next(message)) return early_.push_back(message);
  handle(message);
  while (const auto next = take_early(id)) handle(*next);
}

bool AgentProgram::is_next(const Message& message) const {
  return known(message).heard().comes_next(message);
}

bool AgentProgram::is_old(const Message& message) const {
  return known(message).heard().comes_too_late(message);
}

std::optional<Message> AgentProgram::take_early(ThreadId id) {
  if (early_.empty()) return std::nullopt;
  const auto is_its = [id](const Message& m) { return wave::scheduling::tid_of(m.gtid) == id; };
  std::erase_if(early_, [&](const Message& m) { return is_its(m) && is_old(m); });
  const auto next = std::find_if(early_.begin(), early_.end(),
                                 [&](const Message& m) { return is_its(m) && is_next(m); });
  if (next == early_.end()) return std::nullopt;
  const Message message = *next;
  early_.erase(next);
  return message;
}

void AgentProgram::handle(const Message& message) {
  const ThreadId id = id_of(message.gtid);
  Thread& t = thread(id);
  t.barrier = message.seqnum;
  t.bookings = 0;  // the host refuses what was decided before
  switch (message.type) {
    case MessageType::kTaskNew:
      stopped_waiting(id);
      t.gtid = message.gtid;
      t.state = ThreadState::kBlocked;
      if (options_.work_by_message)
        waits_for_work(id);
      else if ((message.flags & Message::kRunnable) != 0)
        became_runnable(id, Policy::Why::kWoken);
      break;
    case MessageType::kTaskWakeup:
      became_runnable(id, Policy::Why::kWoken);
      break;
    case MessageType::kTaskBlocked:
      left_cpu(id, message.cpu);
      stopped_waiting(id);
      t.state = ThreadState::kBlocked;
      t.long_running = false;
      break;
    case MessageType::kTaskYield:
      left_cpu(id, message.cpu);
      if (options_.work_by_message)
        waits_for_work(id);
      else
        became_runnable(id, Policy::Why::kYielded);
      break;
    case MessageType::kTaskPreempt: {
      const bool ran = (message.flags & Message::kWasLatched) == 0;
      if (ran) t.long_running = true;
      left_cpu(id, message.cpu);
      became_runnable(id, ran ? Policy::Why::kPreempted : Policy::Why::kRefused);
      break;
    }
    case MessageType::kTaskDead:
    case MessageType::kTaskDeparted:
      stopped_waiting(id);
      unstage(id);
      if (t.state == ThreadState::kRunning) left_cpu(id, message.cpu);
      t.state = ThreadState::kUnknown;
      t.has_work = false;
      break;
    default:
      break;
  }
}

void AgentProgram::became_runnable(ThreadId id, Policy::Why why) {
  Thread& t = thread(id);
  if (t.state == ThreadState::kRunnable) return;
  t.state = ThreadState::kRunnable;
  t.cpu = wave::scheduling::kNoCpu;
  ++waiting_;
  if (why == Policy::Why::kWoken && policy_.reads_words()) tell_word(id);
  policy_.runnable(id, why, runtime_.now());
}

void AgentProgram::tell_word(ThreadId id) {
  const Thread& t = thread(id);
  policy_.word(id, t.word ? *t.word : runtime_.read_word(wave::scheduling::tid_of(t.gtid)));
}

/// Work may come before the agent has heard that the thread waits for it: the two are told in
/// different queues.
void AgentProgram::given_work(const Message& message) {
  const ThreadId id = id_of(message.gtid);
  Thread& t = thread(id);
  t.has_work = true;
  t.word.reset();
  if ((message.flags & Message::kHasWord) != 0)
    t.word = static_cast<std::uint64_t>(message.runtime_ns);
  if (t.state == ThreadState::kBlocked) waits_for_work(id);
}

/// A thread that was taken for lost, because a later outcome hid that it had been committed, may
/// wait again or be staged somewhere. Unlike one that blocks, the host would let it run.
void AgentProgram::take_back(ThreadId id) {
  stopped_waiting(id);
  unstage(id);
}

/// Its CPU may be given another.
void AgentProgram::unstage(ThreadId id) {
  const Thread& t = thread(id);
  if (t.state != ThreadState::kStaged || entry(t.cpu).staged != id) return;
  entry(t.cpu).staged = kNone;
  offer(t.cpu);
}

void AgentProgram::waits_for_work(ThreadId id) {
  take_back(id);
  Thread& t = thread(id);
  t.state = ThreadState::kBlocked;
  t.long_running = false;
  if (std::exchange(t.has_work, false)) became_runnable(id, Policy::Why::kWoken);
}

void AgentProgram::stopped_waiting(ThreadId id) {
  if (thread(id).state != ThreadState::kRunnable) return;
  --waiting_;
  policy_.gone(id);
}

void AgentProgram::left_cpu(ThreadId id, Cpu cpu) {
  // Taken for lost, it was staged elsewhere while it ran here: the host refuses that by now.
  if (thread(id).cpu != cpu) unstage(id);
  CpuEntry& c = entry(cpu);
  // The message may be seen before the outcome that says that the thread was switched to, or after
  // the one that says that its successor was: then the CPU is busy, not idle.
  if (c.staged != id && c.running != id) return;
  if (c.staged == id) c.staged = kNone;
  stopped(cpu, options_.prestage ? CpuState::kLooking : CpuState::kIdle);
}

// What became of decisions

void AgentProgram::handle_outcome(Cpu cpu, const Outcome& outcome) {
  runtime_.charge(Work::kHandleOutcome);
  settle(cpu, outcome);
  if (!outcome.idle) return;
  stopped(cpu, CpuState::kIdle);
  // Looked before it was there.
  if (is_staged(entry(cpu))) {
    entry(cpu).notified = true;
    ++stats_.missed;
    notify(cpu);
  }
}

void AgentProgram::settle(Cpu cpu, const Outcome& outcome) {
  CpuEntry& c = entry(cpu);
  const auto found = std::find_if(c.bookings.begin(), c.bookings.end(),
                                  [&](const Booking& b) { return b.sequence == outcome.sequence; });
  if (found == c.bookings.end()) return;
  const Booking booking = *found;
  const bool twice = release_older(c, booking);
  c.bookings.erase(c.bookings.begin());
  release(booking);
  if (booking.sequence == c.sequence) c.staged = kNone;

  const bool committed = outcome.state == wave::scheduling::kComplete;
  if (!committed) ++stats_.refused;
  // Refused because the decision before, for the same thread, had been committed meanwhile.
  const bool runs = committed || (twice && outcome.state == wave::scheduling::kTargetOncpu);
  Thread& t = thread(booking.thread());
  const bool was_meant =
      booking.holds_for(t) && (t.state == ThreadState::kStaged || t.state == ThreadState::kRunning);
  if (runs && was_meant && !outcome.idle) {
    began(booking.thread(), cpu);
  } else if (runs && was_meant) {
    t.state = ThreadState::kRunning;  // and has stopped since, or runs on another CPU
  } else if (!runs) {
    give_back_if_lost(booking.thread());
    // One that waited may be busy with threads of another class; it says so when it is idle.
    if (c.staged == kNone && c.state == CpuState::kBusy) offer(cpu);
  }
}

/// Forgets the decisions before `settled`: the CPU has gone past them. True if one of them was for
/// the same thread, of which nothing had been heard between.
bool AgentProgram::release_older(CpuEntry& c, const Booking& settled) {
  bool twice = false;
  while (c.bookings.front().sequence != settled.sequence) {
    const Booking old = c.bookings.front();
    c.bookings.erase(c.bookings.begin());
    release(old);
    if (old.gtid == settled.gtid && old.barrier == settled.barrier)
      twice = true;
    else
      give_back_if_lost(old.thread());
  }
  return twice;
}

void AgentProgram::release(const Booking& booking) {
  Thread& t = thread(booking.thread());
  if (booking.holds_for(t) && t.bookings > 0) --t.bookings;
}

/// A thread that was decided for, and no decision for it is under way any more.
void AgentProgram::give_back_if_lost(ThreadId id) {
  const Thread& t = thread(id);
  if (t.state == ThreadState::kStaged && t.bookings == 0)
    became_runnable(id, Policy::Why::kRefused);
}

void AgentProgram::began(ThreadId id, Cpu cpu) {
  Thread& t = thread(id);
  CpuEntry& c = entry(cpu);
  // Two CPUs committed it, and it followed the second: the first may be without a thread.
  const bool elsewhere = t.state == ThreadState::kRunning && t.cpu != cpu;
  if (elsewhere && entry(t.cpu).running == id) stopped(t.cpu, CpuState::kLooking);
  t.state = ThreadState::kRunning;
  t.cpu = cpu;
  c.running = id;
  c.state = CpuState::kBusy;
  if (c.staged == id) c.staged = kNone;
  runs_.started(cpu, runtime_.now());
  if (c.staged == kNone) offer(cpu);
}

/// No thread runs there any more, as far as is known.
void AgentProgram::stopped(Cpu cpu, CpuState state) {
  CpuEntry& c = entry(cpu);
  c.running = kNone;
  c.state = state;
  runs_.stopped(cpu);
  if (c.staged == kNone) offer(cpu);
}

/// Puts the CPU on the list of those that could take a decision.
void AgentProgram::offer(Cpu cpu) {
  if (entry(cpu).state != CpuState::kBusy)
    offer(cpu, hungry_);
  else if (options_.prestage)
    offer(cpu, stageable_);
}

/// A CPU stands in a list once: where it was if nothing has been decided for it since.
void AgentProgram::offer(Cpu cpu, std::deque<Offer>& offers) {
  const std::uint32_t sequence = entry(cpu).sequence;
  const auto old =
      std::find_if(offers.begin(), offers.end(), [cpu](const Offer& o) { return o.cpu == cpu; });
  if (old != offers.end() && old->sequence == sequence) return;
  if (old != offers.end()) offers.erase(old);
  offers.push_back({cpu, sequence});
}

// Notifications

void AgentProgram::notify(Cpu cpu) {
  runtime_.notify(cpu);
  unanswered_.sent(cpu, entry(cpu).sequence, runtime_.now());
}

/// The CPU has said what became of the decision, or another one has taken its place.
bool AgentProgram::is_answered(const Unanswered::Notification& n) const {
  const CpuEntry& c = entry(n.cpu);
  return c.sequence != n.sequence || c.bookings.empty() || c.bookings.back().sequence != n.sequence;
}

void AgentProgram::notify_again() {
  unanswered_.drop_answered([this](const Unanswered::Notification& n) { return is_answered(n); });
  while (const auto due = unanswered_.take(runtime_.now())) {
    if (is_answered(*due)) continue;
    ++stats_.renotified;
    notify(due->cpu);
  }
}

// What to do about it

void AgentProgram::schedule() {
  looked_at_ = runtime_.now();
  serve_idle();
  move_staged_to_idle();
  preempt();
  if (hungry_.empty()) stage();
}

/// Decides for the CPUs that wait, in order, while the policy has threads to give.
void AgentProgram::serve_idle() {
  for (; !hungry_.empty(); hungry_.pop_front())
    if (stands(hungry_.front(), false) && !decide(hungry_.front().cpu, Manner::kNotify)) return;
}

/// With nothing left to give, an idle CPU gets what was staged behind a thread that runs long.
void AgentProgram::move_staged_to_idle() {
  for (; !hungry_.empty(); hungry_.pop_front()) {
    if (!stands(hungry_.front(), false)) continue;
    const std::optional<Cpu> from = staged_behind_long_run();
    if (!from) return;
    const ThreadId id = std::exchange(entry(*from).staged, kNone);
    ++stats_.moved;
    send(id, hungry_.front().cpu, Manner::kNotify);
    offer(*from);
  }
}

std::optional<Cpu> AgentProgram::staged_behind_long_run() const {
  for (const auto& [cpu, since] : runs_)
    if (is_staged(entry(cpu))) return may_run_long(cpu) ? std::optional(cpu) : std::nullopt;
  return std::nullopt;
}

/// Takes CPUs from threads whose slice is over while others wait. What is staged for such a CPU is
/// decided again, to be committed at once instead of at the next schedule.
void AgentProgram::preempt() {
  const std::optional<Instant> slice = policy_.slice();
  if (!slice) return;
  for (const auto& [cpu, since] : runs_) {
    if (since + *slice > runtime_.now()) return;
    const CpuEntry& c = entry(cpu);
    if (is_staged(c))
      send(c.staged, cpu, Manner::kNotify);
    else if (c.staged != kNone || !decide(cpu, Manner::kNotify))
      continue;
    ++stats_.preemptions;
  }
}

/// Leaves decisions for busy CPUs, those first that have been busy longest.
void AgentProgram::stage() {
  for (; !stageable_.empty(); stageable_.pop_front()) {
    const Offer& first = stageable_.front();
    if (stands(first, true) && !may_run_long(first.cpu) && !decide(first.cpu, Manner::kStage))
      return;
  }
}

bool AgentProgram::stands(const Offer& offer, bool busy) const {
  const CpuEntry& c = entry(offer.cpu);
  return c.sequence == offer.sequence && c.staged == kNone && (c.state == CpuState::kBusy) == busy;
}

/// Long already, or by what it did before.
bool AgentProgram::may_run_long(Cpu cpu) const {
  if (thread(entry(cpu).running).long_running) return true;
  const std::optional<Instant> since = runs_.since(cpu);
  return options_.long_run && since && *since + *options_.long_run <= runtime_.now();
}

/// When there is something to do even if nothing happens: a CPU has to be notified again, a slice
/// ends while somebody waits, or a CPU is idle and a thread staged behind another becomes a long
/// one. What was due when this was last looked at, and is not done, had no thread to do it with.
Instant AgentProgram::deadline() const {
  const std::optional<Instant> slice = policy_.slice();
  if (!slice && hungry_.empty()) return unanswered_.due();
  Instant earliest = unanswered_.due();
  const auto consider = [&](Instant when) {
    if (when > looked_at_) earliest = std::min(earliest, when);
  };
  for (const auto& [cpu, since] : runs_) {
    const CpuEntry& c = entry(cpu);
    if (slice && (is_staged(c) || (waiting_ > 0 && c.staged == kNone))) consider(since + *slice);
    if (options_.long_run && is_staged(c) && !hungry_.empty()) consider(since + *options_.long_run);
  }
  return earliest;
}

bool AgentProgram::decide(Cpu cpu, Manner manner) {
  if (waiting_ == 0) return false;
  const std::optional<ThreadId> next = policy_.pick(cpu, runtime_.now());
  if (!next) return false;
  --waiting_;
  send(*next, cpu, manner);
  return true;
}

void AgentProgram::send(ThreadId id, Cpu cpu, Manner manner) {
  runtime_.charge(Work::kDecide);
  const bool at_once = manner == Manner::kNotify;
  CpuEntry& c = entry(cpu);
  Thread& t = thread(id);
  t.state = ThreadState::kStaged;
  t.cpu = cpu;
  ++t.bookings;
  c.staged = id;
  c.notified = at_once;
  c.bookings.push_back({.sequence = ++c.sequence, .gtid = t.gtid, .barrier = t.barrier});
  const Transaction decision{
      .target = t.gtid,
      .task_barrier = t.barrier,
      .commit_flags = at_once ? options_.commit_flags
                              : static_cast<std::uint32_t>(wave::scheduling::kCommitAtSchedule)};
  runtime_.write_decision(cpu, encode(decision, c.sequence), wave::scheduling::kTransactionWords);
  ++stats_.decisions;
  if (at_once)
    notify(cpu);
  else
    ++stats_.staged;
}

std::size_t AgentProgram::backlog() const {
  std::size_t all = early_.size() + hungry_.size() + stageable_.size();
  for (const CpuEntry& c : cpus_) all += c.bookings.size();
  return all;
}

ThreadId AgentProgram::id_of(wave::scheduling::Gtid gtid) {
  const auto id = static_cast<ThreadId>(wave::scheduling::tid_of(gtid));
  if (static_cast<std::size_t>(id) >= threads_.size())
    threads_.resize(static_cast<std::size_t>(id) + 1);
  return id;
}

}  // namespace scheduling
