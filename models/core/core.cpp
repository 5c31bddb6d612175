// SPDX-License-Identifier: Apache-2.0
#include "models/core/core.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace core {

using memory::CachedLine;
using memory::kCacheLine;
using memory::kWord;
using memory::Mapping;
using memory::MemoryType;

namespace {

/// How many of the `size` bytes from `offset` on lie in its line.
std::size_t part_in_line(std::int64_t offset, std::size_t size) {
  return std::min(size, kCacheLine - static_cast<std::size_t>(offset) % kCacheLine);
}

/// Calls `f(offset, from, size)` for each word-sized access to `[offset, offset + size)`.
template <class F>
void for_each_word(std::int64_t offset, std::size_t size, F f) {
  for (std::size_t done = 0; done < size; done += kWord) {
    const std::size_t part = std::min<std::size_t>(kWord, size - done);
    f(offset + static_cast<std::int64_t>(done), done, part);
  }
}

std::int64_t words(std::size_t size) {
  return static_cast<std::int64_t>((size + kWord - 1) / kWord);
}

std::int64_t fixed_point_scale(sim::Frequency clock, double ipc) {
  const double ratio =
      static_cast<double>(kReferenceClock.hertz()) / (static_cast<double>(clock.hertz()) * ipc);
  return static_cast<std::int64_t>(ratio * 4294967296.0 + 0.5);
}

bool is_cached(MemoryType type) {
  return type == MemoryType::kWriteBack || type == MemoryType::kWriteThrough;
}

std::uint64_t byte_mask(std::int64_t in_line, std::size_t size) {
  const std::uint64_t run = size >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
  return run << in_line;
}

}  // namespace

Core::Core(sim::Simulation& sim, std::string name, memory::Domain& domain, memory::CoreIndex index,
           const CoreParams& params)
    : sim_(sim),
      name_(std::move(name)),
      domain_(domain),
      index_(index),
      params_(params),
      l1_hit_(params.clock.time_for(params.l1_hit)),
      store_issue_(params.clock.time_for(params.store_issue)),
      scale_(fixed_point_scale(params.clock, params.relative_ipc)) {
  SIM_CHECK(index >= 0 && index < domain.cores());
}

Core::~Core() = default;

void Core::start(std::function<void()> program) {
  ahead_ = sim::Duration{0};
  fiber_ = std::make_unique<sim::Fiber>(sim_, std::move(program));
}

void Core::kill() {
  fiber_.reset();
  ++life_;
  parked_ = working_ = in_step_ = false;
}

// Observation

Core* Core::begin_step(Step::Kind kind) {
  if (in_step_) return nullptr;
  in_step_ = true;
  step_ = {.kind = kind};
  observer_->begins(*this, step_);
  return this;
}

Core* Core::begin_step(Step::Kind kind, const memory::CoherentLine& line) {
  if (in_step_) return nullptr;
  in_step_ = true;
  step_ = {.kind = kind, .line = &line};
  observer_->begins(*this, step_);
  return this;
}

Core* Core::begin_step(Step::Kind kind, const Mapping& mapping, std::int64_t offset,
                       std::span<const std::byte> bytes) {
  if (in_step_) return nullptr;
  in_step_ = true;
  step_ = {.kind = kind, .mapping = &mapping, .offset = offset, .bytes = bytes};
  observer_->begins(*this, step_);
  return this;
}

void Core::go_ahead(Step::Kind kind, sim::Duration takes, std::initializer_list<Part> parts) {
  const Observed step(*this, kind);
  for (const Part& part : parts) observer_->takes(*this, part);
  ahead_ += takes;
}

void Core::tell_part(const void* parameter, sim::Duration each, std::int64_t times) {
  observer_->takes(*this, {.parameter = parameter, .each = each, .times = times});
}

void Core::tell_lines(sim::Duration move, std::int64_t lines, std::int64_t hits) {
  observer_->takes(*this, {.each = move, .times = lines});
  tell_part(&params_.l1_hit, l1_hit_, hits);
}

/// Who observes may have gone meanwhile.
void Core::end_step() {
  in_step_ = false;
  if (observer_ != nullptr) observer_->ends(*this, step_);
}

// Speed

void Core::set_speed(sim::Frequency clock, double share) {
  const std::int64_t scale = fixed_point_scale(clock, params_.relative_ipc * share);
  if (scale == scale_) return;
  scale_ = scale;
  l1_hit_ = clock.time_for(params_.l1_hit);
  store_issue_ = clock.time_for(params_.store_issue);
  if (working_) unpark();  // what is left takes another time now
}

void Core::run_blocks(std::int64_t blocks) {
  const double cycles = static_cast<double>(blocks) * params_.block_cycles;
  const double on_reference =
      cycles * params_.relative_ipc * 1e12 / static_cast<double>(kReferenceClock.hertz());
  const sim::Duration time{std::llround(on_reference)};
  const sim::Duration takes = scaled(time);
  if (observer_ != nullptr) [[unlikely]]
    return go_ahead(Step::Kind::kCompute, takes,
                    {{.parameter = &params_.block_cycles, .each = time}});
  ahead_ += takes;
}

bool Core::work(sim::Duration& left) {
  const Observed step(*this, Step::Kind::kWork);
  const sim::Time begin = now();
  const std::int64_t scale = scale_;
  working_ = true;
  const bool unparked = park_until(begin + left);
  working_ = false;
  left -= now() - begin;
  if (scale_ != scale)
    left = sim::Duration{static_cast<std::int64_t>(
        (sim::detail::Int128{left.count()} * scale_ + scale / 2) / scale)};
  return unparked;
}

void Core::work_through(sim::Duration on_reference) {
  for (sim::Duration left = scaled(on_reference); left > sim::Duration{0};) work(left);
}

void Core::halt(IdleState state) {
  if (package_ == nullptr) return;
  sync();
  package_->halted(index_, state);
}

void Core::resume() {
  if (package_ == nullptr) return;
  sync();
  package_->resumed(index_);
}

std::optional<bool> Core::gated() const {
  if (package_ == nullptr) return std::nullopt;
  return package_->gated(index_);
}

void Core::sync() {
  if (ahead_ == sim::Duration{0}) return;
  const sim::Time when = now();
  ahead_ = sim::Duration{0};
  fiber_->sleep_until(when);
}

void Core::sleep_until(sim::Time when) {
  if (when <= now()) return;
  const Observed step(*this, Step::Kind::kWait);
  ahead_ = sim::Duration{0};
  fiber_->sleep_until(when);
}

void Core::park() {
  const Observed step(*this, Step::Kind::kWait);
  const sim::Time busy_until = begin_wait();
  fiber_->park();
  end_wait(busy_until);
}

bool Core::park_until(sim::Time deadline) {
  const Observed step(*this, Step::Kind::kWait);
  if (deadline <= now()) {
    sync();
    return false;
  }
  const sim::Time busy_until = begin_wait();
  const bool unparked = fiber_->park_until(deadline);
  end_wait(busy_until);
  return unparked;
}

// A core that has worked ahead may begin to wait at once: whoever wakes it before its present finds
// it busy until then.

sim::Time Core::begin_wait() {
  parked_ = true;
  const sim::Time busy_until = now();
  ahead_ = sim::Duration{0};
  return busy_until;
}

void Core::end_wait(sim::Time busy_until) {
  parked_ = false;
  ahead_ = std::max(busy_until - sim_.now(), sim::Duration{0});
}

void Core::unpark() {
  if (fiber_) fiber_->unpark();
}

void Core::unpark_at(sim::Time when) {
  fiber_->unpark_at(when);
}

// Loads

/// Whether the domain's directory alone decides what an access takes: own memory, and cached types
/// across a coherent link. Write combining and write-through of own memory are not modelled: a
/// region's own node takes them for uncached and write-back.
inline bool Core::by_coherence(const Mapping& mapping) const {
  if (!is_far(mapping)) return true;
  return mapping.coherent() && is_cached(mapping.type());
}

// An observed access is a step around the access itself, so that one which nobody observes ends in
// a tail call.
void Core::load(Mapping& from, std::int64_t offset, std::span<std::byte> out, Staleness staleness) {
  if (observed()) [[unlikely]] {
    const Observed step(*this, Step::Kind::kLoad, from, offset, out);
    return load(from, offset, out, staleness);
  }
  const std::size_t part = part_in_line(offset, out.size());
  if (part == out.size()) return load_line(from, offset, out, staleness);
  load_line(from, offset, out.first(part), staleness);
  load(from, offset + static_cast<std::int64_t>(part), out.subspan(part), staleness);
}

void Core::load_line(Mapping& from, std::int64_t offset, std::span<std::byte> out,
                     Staleness staleness) {
  if (by_coherence(from)) return load_home(from, offset, out);
  if (from.type() == MemoryType::kWriteThrough)
    return load_write_through(from, offset, out, staleness);
  load_across(from, offset, out);
}

void Core::load_home(Mapping& from, std::int64_t offset, std::span<std::byte> out) {
  if (!is_cached(from.type())) return load_home_uncached(from, offset, out);
  sync();
  if (has_pending_store(from, offset)) sleep_until(stores_visible_);
  memory::Region& region = from.region();
  memory::CoherentLine& line = region.line(offset);
  sim::Duration miss = line.read(domain_, index_);
  if (prefetches_done_ > now()) miss = std::max(rest_of_prefetch(line), miss);
  region.read(offset, out);
  take_lines(miss, 1, words(out.size()));
}

void Core::load_rest(Mapping& from, std::int64_t offset, std::span<std::byte> out) {
  if (observed()) [[unlikely]] {
    const Observed step(*this, Step::Kind::kLoad, from, offset, out);
    return load_rest(from, offset, out);
  }
  if (!by_coherence(from)) return load_across(from, offset, out);
  from.region().read(offset, out);
  if (is_cached(from.type()))
    take(params_.l1_hit, l1_hit_, words(out.size()));
  else
    take(params_.uncached_load, params_.uncached_load, words(out.size()));
}

bool Core::has_pending_store(const Mapping& mapping, std::int64_t offset) const {
  return stores_visible_ > sim_.now() && mapping.region().store_pending(index_, offset);
}

void Core::load_home_uncached(Mapping& from, std::int64_t offset, std::span<std::byte> out) {
  drain_write_combining();
  if (from.remote() || has_pending_store(from, offset)) wait_for_stores();
  for_each_word(offset, out.size(), [&](std::int64_t at, std::size_t begin, std::size_t size) {
    sync();
    const sim::Duration snoop = from.region().line(at).read_uncached(domain_);
    from.region().read(at, out.subspan(begin, size));
    if (observer_ != nullptr) [[unlikely]]
      observer_->takes(*this, {.each = snoop});
    ahead_ += snoop;
    take(params_.uncached_load, params_.uncached_load);
  });
}

void Core::load_across(Mapping& from, std::int64_t offset, std::span<std::byte> out) {
  drain_write_combining();  // an uncached load waits for the combined stores before it
  if (from.coherent()) wait_for_stores();
  for_each_word(offset, out.size(), [&](std::int64_t at, std::size_t begin, std::size_t size) {
    bool done = false;
    Reading* reading = readings_.take();
    *reading = {.core = this, .life = life_, .out = out.subspan(begin, size), .done = &done};
    const sim::Duration later = after_posted_stores();
    ahead_ = sim::Duration{0};
    path_of(from).read({.region = &from.region(),
                        .offset = at,
                        .into = std::span(reading->word).first(size),
                        .done = finish_reading,
                        .context = reading},
                       later);
    while (!done) fiber_->park();
  });
}

/// Nobody waits for it any more if the program that asked was killed.
void Core::finish_reading(void* reading) {
  auto& r = *static_cast<Reading*>(reading);
  Core& core = *r.core;
  if (r.life == core.life_) {
    memory::copy_bytes(r.out.data(), r.word.data(), r.out.size());
    *r.done = true;
    core.unpark();
  }
  core.readings_.give_back(&r);
}

void Core::load_write_through(Mapping& from, std::int64_t offset, std::span<std::byte> out,
                              Staleness staleness) {
  CachedLine& line = from.cached(offset);
  const bool hit = line.state == CachedLine::State::kValid;
  if (!hit) wait_for_fill(from, offset);
  const auto in_line = static_cast<std::size_t>(offset % kCacheLine);
  memory::copy_bytes(out.data(), line.bytes.data() + in_line, out.size());
  if (from.region().checker() != nullptr) check_copy(from, offset, out.size(), staleness, hit);
  take(params_.l1_hit, l1_hit_, words(out.size()));
}

void Core::wait_for_fill(Mapping& from, std::int64_t offset) {
  CachedLine& line = from.cached(offset);
  const CachedLine::Waiter waiter{.filled = filled, .who = this, .life = life_};
  const sim::Time busy_until = now();
  filled_ = false;
  // Who was woken with the line before this core may have flushed it again.
  while (!filled_ && line.state != CachedLine::State::kValid) {
    if (line.state == CachedLine::State::kInvalid) fill(from, offset);
    if (std::ranges::find(line.waiters, waiter) == line.waiters.end())
      line.waiters.push_back(waiter);
    fiber_->park();
    // Also before another turn: a line that was flushed meanwhile is fetched from now on.
    ahead_ = std::max(busy_until - sim_.now(), sim::Duration{0});
  }
}

void Core::filled(void* core, std::uint64_t life, bool valid) {
  auto& waiter = *static_cast<Core*>(core);
  if (life != waiter.life_) return;
  waiter.filled_ = valid;
  waiter.unpark();
}

void Core::fill(Mapping& from, std::int64_t offset) {
  if (observer_ != nullptr) [[unlikely]]
    observer_->goes_out(*this);
  const sim::Duration later = after_posted_stores();
  from.fill(offset, node(), later);
  CachedLine& line = from.cached(offset);
  line.dropped = sim_.now() + later < line.stored;  // another core's store may be on its way
}

/// A word is written at once: only more than one can be torn.
void Core::check_copy(Mapping& from, std::int64_t offset, std::size_t size, Staleness staleness,
                      bool hit) {
  if (staleness != Staleness::kIsAnError) return;
  const CachedLine& line = from.cached(offset);
  // The copy is ahead while stores of its own cores are on their way, and what others write then is
  // noticed when those are there.
  const bool overtaken = line.version < from.region().last_write(offset).version;
  // A load that brought the line itself is as fresh as any can be.
  if (hit && overtaken)
    report(memory::Finding::Kind::kStaleRead, from, offset, "a cache-line flush before this load");
  else if (line.torn && words(size) > 1)
    report(memory::Finding::Kind::kTornRead, from, offset, "a flag, written last and read first");
}

void Core::report(memory::Finding::Kind kind, Mapping& from, std::int64_t offset,
                  const char* missing) {
  memory::Region& region = from.region();
  const memory::Region::LastWrite& last = region.last_write(offset);
  region.checker()->report({.kind = kind,
                            .region = region.name(),
                            .offset = offset / kCacheLine * kCacheLine,
                            .writer = last.who,
                            .written = last.at,
                            .reader = name_,
                            .read = now(),
                            .missing = missing});
}

// Stores

void Core::store(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  if (observed()) [[unlikely]] {
    const Observed step(*this, Step::Kind::kStore, to, offset, data);
    return store(to, offset, data);
  }
  const std::size_t part = part_in_line(offset, data.size());
  if (part == data.size()) return store_line(to, offset, data);
  store_line(to, offset, data.first(part));
  store(to, offset + static_cast<std::int64_t>(part), data.subspan(part));
}

void Core::store_line(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  if (to.type() == MemoryType::kUncached) drain_write_combining();
  if (!is_far(to) || (to.coherent() && to.type() != MemoryType::kWriteCombining))
    return store_home(to, offset, data);
  if (to.type() == MemoryType::kWriteCombining) return combine(to, offset, data);
  store_across(to, offset, data);
}

void Core::store_home(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  const bool through = to.type() == MemoryType::kWriteThrough && is_far(to);
  if (through || !is_cached(to.type()))
    return store_words(to, offset, data, is_far(to) ? params_.mmio_store : params_.uncached_store);
  buffer_store(to, offset, data, now() + time_to_own(to, offset), true);
  take(params_.store_issue, store_issue_, words(data.size()));
}

/// How long until the core may write the line. An older store of its own, which is visible first,
/// or a prefetch may be bringing it.
sim::Duration Core::time_to_own(Mapping& to, std::int64_t offset) {
  if (has_pending_store(to, offset)) return sim::Duration{0};
  const memory::CoherentLine& line = to.region().line(offset);
  const sim::Duration fetch = line.cost_to_write(domain_, index_);
  return prefetches_done_ > now() ? std::max(rest_of_prefetch(line), fetch) : fetch;
}

/// The store buffer holds a store until its line is here; younger stores wait behind it.
void Core::buffer_store(Mapping& to, std::int64_t offset, std::span<const std::byte> data,
                        sim::Time earliest, bool complete) {
  stores_visible_ = std::max(stores_visible_, earliest);
  to.region().store_at(stores_visible_, {.core = index_,
                                         .offset = offset,
                                         .data = data,
                                         .who = &name_,
                                         .complete = complete,
                                         .leaves = leaves(to)});
}

/// Where a store leaves the copies of its line.
memory::Region::Leaves Core::leaves(const Mapping& to) const {
  using Leaves = memory::Region::Leaves;
  const bool far = is_far(to);
  switch (to.type()) {
    case MemoryType::kWriteBack:
      return Leaves::kOwnedCopy;
    case MemoryType::kWriteThrough:
      return far ? Leaves::kCleanCopy : Leaves::kOwnedCopy;
    case MemoryType::kUncached:
    case MemoryType::kWriteCombining:
      return far ? Leaves::kInLastLevel : Leaves::kNoCopy;
  }
  return Leaves::kNoCopy;
}

/// Stores that go to memory word by word.
void Core::store_words(Mapping& to, std::int64_t offset, std::span<const std::byte> data,
                       const sim::Duration& each) {
  for_each_word(offset, data.size(), [&](std::int64_t at, std::size_t begin, std::size_t size) {
    const sim::Duration way = to.region().line(at).cost_to_write_through(domain_, index_);
    buffer_store(to, at, data.subspan(begin, size), now() + way, begin + size == data.size());
    // Across a link a store is posted; own memory acknowledges it when other nodes' copies are
    // gone.
    take(each, is_far(to) ? each : std::max(each, way));
  });
}

void Core::store_across(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  for_each_word(offset, data.size(), [&](std::int64_t at, std::size_t begin, std::size_t size) {
    const auto part = data.subspan(begin, size);
    // The store buffer drains in order, for which the core does not wait.
    posted_ = std::max(stores_visible_, now());
    const sim::Duration later = after_posted_stores();
    path_of(to).write(to.region(), at, part, name_, begin + size == data.size(), later);
    if (to.type() == MemoryType::kWriteThrough) store_in_copy(to, at, part, sim_.now() + later);
    take(params_.mmio_store, params_.mmio_store);
  });
}

/// A line on its way may have left memory before the store gets there, and so may one that is asked
/// for before the store leaves: it goes when it comes. Not modelled: its merging with what was
/// stored, which saves the next load a round trip.
void Core::store_in_copy(Mapping& to, std::int64_t offset, std::span<const std::byte> data,
                         sim::Time leaves) {
  CachedLine& line = settled(to, offset);
  line.stored = std::max(line.stored, leaves);
  if (line.state == CachedLine::State::kFilling) line.dropped = true;
  if (line.state != CachedLine::State::kValid) return;
  memory::copy_bytes(line.bytes.data() + offset % kCacheLine, data.data(), data.size());
  ++line.version;  // as the home's will be when the store is there
}

void Core::combine(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  if (data.size() == kCacheLine && combining_.empty()) return combine_line(to, offset, data);
  const std::int64_t in_line = offset % kCacheLine;
  CombiningBuffer& buffer = buffer_for(to, offset - in_line);
  memory::copy_bytes(buffer.bytes.data() + in_line, data.data(), data.size());
  buffer.valid |= byte_mask(in_line, data.size());
  take(params_.wc_store_issue, params_.wc_store_issue, words(data.size()));
  if (buffer.valid == ~std::uint64_t{0}) {
    emit(buffer);
    combining_.erase(combining_.begin() + (&buffer - combining_.data()));
  }
}

/// A whole line fills its buffer and leaves it at once.
void Core::combine_line(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  take(params_.wc_store_issue, params_.wc_store_issue, words(data.size()));
  emit_line(to, offset, data);
}

Core::CombiningBuffer& Core::buffer_for(Mapping& to, std::int64_t line) {
  for (CombiningBuffer& buffer : combining_)
    if (buffer.mapping == &to && buffer.line == line) return buffer;
  if (std::ssize(combining_) == params_.wc_buffers) {
    emit(combining_.front());
    combining_.erase(combining_.begin());
  }
  return combining_.emplace_back(
      CombiningBuffer{.mapping = &to, .line = line, .first_store = now(), .bytes = {}});
}

void Core::emit_line(Mapping& to, std::int64_t offset, std::span<const std::byte> data) {
  memory::Path& path = path_of(to);
  leave_combining(path);
  write_combined(path, to.region(), offset, data, true);
}

void Core::leave_combining(const memory::Path& path) {
  const sim::Duration answer = path.acknowledged_after();
  // To catch up with the world at every fence would let a CPU that goes to sleep notice wake-ups
  // meanwhile that it does not notice across PCIe. Not modelled: that a line alone waits for the
  // wire behind other cores'.
  if (answer > sim::Duration{0} && combined_out_ > now()) awaits_answer_ = true;
  combined_out_ = now() + std::max(params_.wc_flush, answer);
}

void Core::write_combined(memory::Path& path, memory::Region& region, std::int64_t offset,
                          std::span<const std::byte> data, bool complete) {
  if (awaits_answer_)
    path.write_acknowledged(region, offset, data, name_, complete, ahead_, acknowledged_);
  else
    path.write(region, offset, data, name_, complete, ahead_);
}

void Core::emit(CombiningBuffer& buffer) {
  const std::span<const std::byte> bytes(buffer.bytes);
  if (buffer.valid == ~std::uint64_t{0}) return emit_line(*buffer.mapping, buffer.line, bytes);
  memory::Path& path = path_of(*buffer.mapping);
  memory::Region& region = buffer.mapping->region();
  leave_combining(path);
  const std::int64_t chunk = params_.wc_partial.count;
  for (std::uint64_t rest = buffer.valid; rest != 0;) {
    const int begin = std::countr_zero(rest);
    const auto run = static_cast<std::int64_t>(std::countr_one(rest >> begin));
    const std::int64_t size = std::min(run, chunk - begin % chunk);
    rest &= ~byte_mask(begin, static_cast<std::size_t>(size));
    write_combined(path, region, buffer.line + begin,
                   bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size)),
                   rest == 0);
  }
}

void Core::drain_write_combining() {
  if (combining_.empty()) return;
  for (CombiningBuffer& buffer : combining_) emit(buffer);
  combining_.clear();
}

// Ordering and caching

void Core::store_fence() {
  const Observed step(*this, Step::Kind::kStoreFence);
  drain_write_combining();
  if (combined_out_ > now()) take(params_.wc_flush, combined_out_ - now());
  if (awaits_answer_) wait_for_answer();
  wait_for_stores();
}

/// How long lines wait for the wire is known when the rest of the world is where they left.
void Core::wait_for_answer() {
  awaits_answer_ = false;
  sync();
  if (acknowledged_ > now()) take(params_.wc_flush, acknowledged_ - now());
}

void Core::full_fence() {
  const Observed step(*this, Step::Kind::kFullFence);
  store_fence();
  take(params_.flush_fence, params_.flush_fence);
}

void Core::prefetch(Mapping& from, std::int64_t offset) {
  if (observed()) [[unlikely]] {
    const Observed step(*this, Step::Kind::kPrefetch, from, offset, std::span<const std::byte>());
    return prefetch(from, offset);
  }
  take(params_.prefetch_issue, params_.prefetch_issue);
  if (by_coherence(from)) return prefetch_home(from, offset);
  if (from.type() != MemoryType::kWriteThrough) return;
  if (settled(from, offset).state == CachedLine::State::kInvalid) fill(from, offset);
}

/// The copy of a line as it is at the core's own time: what is on its way may be here by then.
CachedLine& Core::settled(Mapping& from, std::int64_t offset) {
  if (from.cached(offset).state == CachedLine::State::kFilling) sync();
  return from.cached(offset);
}

/// The line may be lost again before it is used.
void Core::prefetch_home(Mapping& from, std::int64_t offset) {
  if (!is_cached(from.type())) return;
  memory::CoherentLine& line = from.region().line(offset);
  if (line.held_by(index_)) return;
  const sim::Time done = now() + line.read(domain_, index_);
  prefetches_[next_prefetch_++ % kPrefetches] = {.line = &line, .done = done};
  prefetches_done_ = std::max(prefetches_done_, done);
}

/// How long the line is still on its way, if a prefetch brings it.
sim::Duration Core::rest_of_prefetch(const memory::CoherentLine& line) const {
  sim::Duration rest{0};
  for (const Prefetch& prefetch : prefetches_)
    if (prefetch.line == &line) rest = std::max(rest, prefetch.done - now());
  return rest;
}

sim::Time Core::fetch_ahead(Mapping& from, std::int64_t offset) {
  SIM_CHECK(by_coherence(from) && is_cached(from.type()));
  return now() + from.region().line(offset).read(domain_, index_);
}

void Core::flush(Mapping& from, std::int64_t offset) {
  if (observed()) [[unlikely]] {
    const Observed step(*this, Step::Kind::kFlush, from, offset, std::span<const std::byte>());
    return flush(from, offset);
  }
  take(params_.flush_issue, params_.flush_issue);
  if (from.coherent()) return flush_home(from, offset);
  if (from.type() != MemoryType::kWriteThrough) return;
  CachedLine& line = settled(from, offset);
  if (line.state == CachedLine::State::kFilling)
    line.dropped = true;
  else
    line.state = CachedLine::State::kInvalid;
}

/// What was changed is written back, for which nobody waits. The line's own stores come first.
void Core::flush_home(Mapping& from, std::int64_t offset) {
  memory::Region& region = from.region();
  if (has_pending_store(from, offset)) return region.flush_at(stores_visible_, index_, offset);
  region.line(offset).drop_copies();
}

void Core::check_lost_writes() {
  for (const CombiningBuffer& buffer : combining_) {
    memory::Region& region = buffer.mapping->region();
    if (region.checker() == nullptr) continue;
    region.checker()->report({.kind = memory::Finding::Kind::kLostWrite,
                              .region = region.name(),
                              .offset = buffer.line,
                              .writer = name_,
                              .written = buffer.first_store,
                              .reader = {},
                              .read = now(),
                              .missing = "a store fence"});
  }
}

}  // namespace core
