// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

namespace sim {

/// Values that take long to make: each is made once for its key, and then stays where it is. Any
/// thread may ask; while one value is made, all who ask wait.
template <class Key, class Value>
class MadeOnce {
 public:
  /// `make` is called if there is none yet, and what it throws is passed on.
  template <class Make>
  const Value& of(const Key& key, Make make) const {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    return known_.emplace(key, make()).first->second;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::map<Key, Value> known_;
};

}  // namespace sim
