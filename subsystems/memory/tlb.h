// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "subsystems/memory/touch_table.h"

namespace tiering {

/// The application's cores as far as their TLBs matter to access bits, which a walk sets and a
/// translation that is cached does not.
struct TlbSetup {
  int entries = 0;       // of each core; 0: every access walks
  int cores = 1;         // over which each page's accesses spread evenly
  bool flushed = false;  // whenever access bits are cleared
};

/// How long translations stay in least-recently-used TLBs, without an event for an access: Che's
/// approximation (Che, Tung, Wang, IEEE JSAC 20(7), 2002). An entry is evicted when its page has
/// not been accessed for a time that is the same for all pages: the one in which a core accesses as
/// many different pages as its TLB has entries. A test compares it with TLBs that see every access.
///
/// Accesses are Poisson and have had their rates for long. Not modelled: sets and levels, huge
/// pages in between, flushes by anything else than memory management.
class Tlb {
 public:
  explicit Tlb(const TlbSetup& setup) : setup_(setup) {}

  /// Pages, by how often they are accessed in a second, by all cores.
  using Pages = std::vector<std::pair<Level, std::int64_t>>;
  void set_pages(Pages pages);

  /// In seconds; infinite if all pages fit in.
  double survival() const { return survival_; }

  /// How many accesses without any TLB would leave a page's bit clear as often as those that it
  /// gets at this rate, in a span that begins when the bit is cleared, with the translation left
  /// alone.
  Level seen(Level per_second, Level span) {
    if (per_second < first_affected_) return static_cast<Level>(per_second + span);
    return known(per_second, span);
  }

  /// How likely an access is to walk, and with it to set the bit if that is clear.
  double walks(Level per_second) const;
  double walks_if_clear(Level per_second) const { return setup_.flushed ? 1 : walks(per_second); }
  /// How likely it is to walk because the TLB was flushed so many seconds ago.
  double refills(Level per_second, double ago) const;

  /// Walks that a core takes because its TLB was flushed, to the pages that it would have found, in
  /// the seconds until the next flush.
  double refills_within(double seconds) const;

 private:
  double per_core(Level per_second) const { return accesses_of(per_second) / setup_.cores; }
  double held(double survival) const;
  void solve();
  Level known(Level per_second, Level span);
  Level compute(Level per_second, Level span) const;

  const TlbSetup setup_;
  Pages pages_;
  double survival_ = 0;
  Level first_affected_ = std::numeric_limits<Level>::max();
  // By span, then by rate from the first that is affected: what has been asked for.
  std::vector<std::vector<Level>> known_;
};

/// The probability that a page whose accesses by a core come as a Poisson process of `rate` is not
/// walked to in a span, by a core that keeps a translation for `survival` after each access. Walks
/// are a renewal process: the next one comes with the first gap of that length.
double never_walked(double rate, double survival, double span);

}  // namespace tiering
