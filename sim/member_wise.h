// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sim {

/// `a` less `b`, member by member: of a struct all of whose members its `describe` names, as
/// statistics do.
template <class T>
T difference(T a, const T& b) {
  T::describe([&](auto member, auto&&...) {
    if constexpr (requires { a.*member -= b.*member; })
      a.*member -= b.*member;
    else
      a.*member = a.*member - b.*member;
  });
  return a;
}

/// The same, added.
template <class T>
T sum(T a, const T& b) {
  T::describe([&](auto member, auto&&...) { a.*member += b.*member; });
  return a;
}

}  // namespace sim
