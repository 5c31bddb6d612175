// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#if !defined(__x86_64__)
#include <boost/context/detail/fcontext.hpp>
#endif

namespace sim {

/// Where a stack stands while another one runs.
using Context = void*;

/// The first function on a stack. Must not return: it jumps away for good.
using ContextEntry = void (*)(Context from, void* message);

#if defined(__x86_64__)

/// A stack that starts in `entry` when first jumped to. `top` is 16-byte aligned.
template <ContextEntry entry>
Context make_context(std::byte* top, std::size_t /*size*/) {
  auto* words = reinterpret_cast<std::uintptr_t*>(top);
  words[-1] = 0;  // where the entry would return to
  words[-2] = reinterpret_cast<std::uintptr_t>(entry);
  return words - 2;
}

/// Goes on at `to`. Returns once somebody jumps back here; the result is where they stand.
///
/// Inline, because a processor predicts returns from the calls it has seen: a switch inside a
/// function of its own makes each return up to the main loop a misprediction, and that costs
/// several times the switch. The control words of the floating-point units are not saved; nobody
/// sets them.
__attribute__((always_inline)) inline Context jump(Context to, void* message) {
  Context from;
  asm volatile(
      "lea -128(%%rsp), %%rsp\n\t"  // a leaf function may own that much below the stack pointer
      "push %%rbp\n\t"
      "lea 1f(%%rip), %%rcx\n\t"
      "push %%rcx\n\t"
      "mov %%rsp, %%rdi\n\t"
      "mov %%rdx, %%rsp\n\t"
      "pop %%rcx\n\t"
      "jmp *%%rcx\n\t"
      "1:\n\t"
      "pop %%rbp\n\t"
      "lea 128(%%rsp), %%rsp\n\t"
      : "=D"(from), "+d"(to), "+S"(message)
      :
      : "memory", "cc", "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
        "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "st", "st(1)", "st(2)", "st(3)", "st(4)",
        "st(5)", "st(6)", "st(7)"
#if defined(__AVX512F__)
        ,
        "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",
        "k7"
#endif
  );
  return from;
}

#else

template <ContextEntry entry>
Context make_context(std::byte* top, std::size_t size) {
  namespace context = boost::context::detail;
  return context::make_fcontext(top, size,
                                [](context::transfer_t from) { entry(from.fctx, from.data); });
}

inline Context jump(Context to, void* message) {
  return boost::context::detail::jump_fcontext(to, message).fctx;
}

#endif

}  // namespace sim
