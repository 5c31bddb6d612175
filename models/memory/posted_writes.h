// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "models/memory/bytes.h"
#include "models/memory/path.h"

namespace memory {

/// Objects that keep their addresses and are used over and over.
template <class T>
class Pool {
 public:
  T* take() {
    if (unused_.empty()) return &all_.emplace_back();
    T* object = unused_.back();
    unused_.pop_back();
    return object;
  }
  void give_back(T* object) { unused_.push_back(object); }

 private:
  std::deque<T> all_;
  std::vector<T*> unused_;
};

/// A write on its way: what it will change when it arrives.
struct PostedWrite {
  Region* region = nullptr;
  std::int64_t offset = 0;
  std::size_t size = 0;
  const std::string* who = nullptr;
  bool complete = true;
  std::uint64_t trip = 0;  // its number, for who observes the path
  std::array<std::byte, kCacheLine> bytes;
};

/// The writes under way on a path.
class PostedWrites {
 public:
  PostedWrite* take(Region& region, std::int64_t offset, std::span<const std::byte> data,
                    const std::string& who, bool complete) {
    PostedWrite* write = pool_.take();
    write->region = &region;
    write->offset = offset;
    write->size = data.size();
    write->who = &who;
    write->complete = complete;
    copy_bytes(write->bytes.data(), data.data(), data.size());
    return write;
  }

  void arrive(PostedWrite* write) {
    write->region->write_by_device(write->offset, std::span(write->bytes).first(write->size),
                                   *write->who, write->complete);
    pool_.give_back(write);
  }

 private:
  Pool<PostedWrite> pool_;
};

/// The read's place is free before whoever waits for it goes on, and may read again.
template <class Read>
void finish_read(Pool<Read>& pool, Read* read) {
  const auto [done, context] = std::pair(read->done, read->context);
  pool.give_back(read);
  done(context);
}

/// The reads under way on a path.
class PathReads {
 public:
  PathRead* take(const PathRead& read) {
    PathRead* mine = pool_.take();
    *mine = read;
    return mine;
  }

  void finish(PathRead* read) { finish_read(pool_, read); }

 private:
  Pool<PathRead> pool_;
};

/// The reads under way on a path whose near end may give up on them.
class ExpiringReads {
 public:
  struct Read : PathRead {
    bool served = false;
    bool expired = false;
  };
  Read* take(const PathRead& read) {
    Read* mine = pool_.take();
    *mine = {read};
    return mine;
  }

  /// The far end takes the bytes, which it does also for a read that was given up: nobody tells it.
  sim::Duration serve(Read* read) {
    std::array<std::byte, kCacheLine> nowhere;
    if (read->expired) {
      read->into = std::span(nowhere).first(read->into.size());
      read->fills = nullptr;
    }
    read->served = true;
    const sim::Duration service = read->sample();
    if (read->expired) pool_.give_back(read);
    return service;
  }

  void finish(Read* read) { finish_read(pool_, read); }

  /// Whoever asked gets all ones.
  void expire(Read* read) {
    read->expired = true;
    std::ranges::fill(read->into, std::byte{0xff});
    const auto [done, context] = std::pair(read->done, read->context);
    if (read->served) pool_.give_back(read);
    done(context);
  }

 private:
  Pool<Read> pool_;
};

}  // namespace memory
