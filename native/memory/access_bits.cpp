// SPDX-License-Identifier: Apache-2.0
#include "native/memory/access_bits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "native/system_error.h"
#include "sim/config_error.h"

namespace native {

using tiering::Batch;

namespace {

constexpr const char* kNeeds = "it takes Linux with CONFIG_PROC_PAGE_MONITOR, and /proc mounted";

/// The lines of a file, as it is read: what /proc tells is told anew with each read.
class Lines {
 public:
  explicit Lines(const std::string& name) : file_(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_.get() < 0)
      throw sim::ConfigError(name, "cannot be read: " + std::string(std::strerror(errno)), kNeeds);
  }

  /// Without its end; false at the end of the file.
  bool next(std::string_view& line) {
    for (;;) {
      const std::size_t end = text_.find('\n', at_);
      if (end != std::string::npos) {
        line = std::string_view(text_).substr(at_, end - at_);
        at_ = end + 1;
        return true;
      }
      if (!read_more()) return false;
    }
  }

 private:
  bool read_more() {
    text_.erase(0, std::exchange(at_, 0));
    std::array<char, 4096> more{};
    const ssize_t got = ::read(file_.get(), more.data(), more.size());
    if (got < 0) throw_system_error("reading access bits");
    text_.append(more.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  File file_;
  std::string text_;
  std::size_t at_ = 0;
};

/// A line that begins a mapping: "7f0000000000-7f0000040000 rw-s ...". Others begin with a name.
bool read_range(std::string_view line, std::uintptr_t& begin, std::uintptr_t& end) {
  const char* const last = line.data() + line.size();
  const auto [dash, error] = std::from_chars(line.data(), last, begin, 16);
  if (error != std::errc{} || dash == last || *dash != '-') return false;
  return std::from_chars(dash + 1, last, end, 16).ec == std::errc{};
}

/// "Referenced:          256 kB".
bool read_referenced(std::string_view line, std::int64_t& kilobytes) {
  constexpr std::string_view name = "Referenced:";
  if (!line.starts_with(name)) return false;
  line.remove_prefix(std::min(line.find_first_not_of(' ', name.size()), line.size()));
  return std::from_chars(line.data(), line.data() + line.size(), kilobytes).ec == std::errc{};
}

}  // namespace

AccessBits::AccessBits(const Region& region, std::string file)
    : region_(region), file_(std::move(file)) {
  probe();
}

void AccessBits::scan(std::span<const std::uint8_t> due,
                      const std::function<void(Batch, int)>& found) const {
  const auto base = reinterpret_cast<std::uintptr_t>(region_.batch(0));
  const auto missing = [&](std::size_t from) {
    return std::find_if(due.begin() + static_cast<std::ptrdiff_t>(from), due.end(),
                        [](std::uint8_t is_due) { return is_due != 0; }) -
           due.begin();
  };
  auto next = static_cast<std::size_t>(missing(0));
  Lines lines(file_);
  std::string_view line;
  std::uintptr_t begin = 0, end = 0;
  std::int64_t kilobytes = 0;
  while (next < due.size() && lines.next(line)) {
    if (read_range(line, begin, end) || !read_referenced(line, kilobytes)) continue;
    const std::uintptr_t wanted = base + next * region_.batch_bytes();
    if (begin != wanted || end != wanted + region_.batch_bytes()) continue;
    const auto batch = static_cast<Batch>(next);
    region_.clear_access_bits(batch);
    found(batch,
          static_cast<int>(kilobytes * 1024 / static_cast<std::int64_t>(region_.page_bytes())));
    next = static_cast<std::size_t>(missing(next + 1));
  }
  if (next < due.size())
    throw sim::ConfigError(file_, "does not tell about a mapping of this process", kNeeds);
}

void AccessBits::probe() const {
  int seen = -1;
  const std::array<std::uint8_t, 1> first{1};
  const auto look = [&] { scan(first, [&](Batch, int pages) { seen = pages; }); };
  region_.clear_access_bits(0);
  look();
  const int untouched = std::exchange(seen, -1);
  [[maybe_unused]] const std::byte read = *static_cast<volatile std::byte*>(region_.batch(0));
  look();
  if (untouched != 0 || seen != 1)
    throw sim::ConfigError(file_, "does not show the processor's access bits", kNeeds);
}

}  // namespace native
