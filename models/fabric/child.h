// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace fabric {

/// What one process tells another of the same program: numbers and texts in a row, read in the
/// order in which they were put.
class Words {
 public:
  Words() = default;
  explicit Words(std::vector<std::int64_t> words) : words_(std::move(words)) {}

  void put(std::int64_t number) { words_.push_back(number); }
  void put(const std::string& text);
  std::int64_t number();
  std::string text();

  const std::vector<std::int64_t>& all() const { return words_; }

 private:
  std::vector<std::int64_t> words_;
  std::size_t next_ = 0;
};

/// Runs `work` in a child process, which ends with it, and returns what it said. Nothing that
/// `work` does to this process's memory, signal handlers or libraries stays.
///
/// The child has one thread, a copy of the caller. It may come into being while another thread is
/// in the middle of malloc, which the C library puts right in the child; of other locks `work` must
/// not need any.
Words in_child_process(const std::function<Words()>& work);

}  // namespace fabric
