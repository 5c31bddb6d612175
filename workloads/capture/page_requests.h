// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/distributions.h"
#include "sim/random.h"
#include "workloads/capture/page_options.h"

namespace capture {

/// What is asked of the store: Zipf's law over runs of neighbouring keys, which are spread over the
/// key space. Half-way some of the runs change places.
class PageRequests {
 public:
  enum class Kind { kGet, kPut, kRange };
  struct Request {
    Kind kind;
    std::int64_t key;
    std::int64_t count;  // keys of a range query
  };

  explicit PageRequests(const PageOptions& options);

  /// The key that the `number`-th GET of the warm-up asks for.
  std::int64_t warm_up(std::int64_t number) const;
  Request request(std::int64_t number) const;

 private:
  std::int64_t key(sim::Draws& draws, bool late) const;
  std::int64_t place(std::int64_t rank, bool late) const;
  std::int64_t runs() const { return options_.keys / options_.run_keys; }

  const PageOptions options_;
  const sim::Zipf popularity_;
  const sim::Stream warm_up_;
  const sim::Stream requests_;
  const sim::Stream places_;
};

}  // namespace capture
