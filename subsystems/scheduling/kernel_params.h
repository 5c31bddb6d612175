// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/core/idle.h"
#include "models/core/interrupts.h"
#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/scheduling/fair_params.h"

namespace scheduling {

using namespace std::chrono_literals;

/// What the host kernel's own code costs, as time on the reference core. Accesses to lines that
/// other cores hold come on top.
struct KernelParams {
  sim::Duration syscall_entry = sim::Duration{75ns} / 2;
  sim::Duration syscall_exit = sim::Duration{75ns} / 2;
  sim::Duration futex_wait = 180ns;
  sim::Duration futex_wake = 400ns;
  bool wake_remotely = true;
  bool flag_wakes_pollers = false;
  sim::Duration activate = 150ns;
  sim::Duration message = 60ns;
  sim::Duration submit = 50ns;
  sim::Duration commit = 120ns;
  sim::Duration wake_agent = 100ns;
  sim::Duration pick_next = 80ns;
  sim::Duration context_switch = 410ns;
  sim::Duration address_space = 100ns;
  bool lazy_tlb = false;
  sim::Duration return_to_user = 60ns;
  sim::Duration vm_exit = 1500ns;
  int runqueue_lines = 1;
  int task_lines = 1;
  int context_lines = 24;
  sim::Duration flush_page = 100ns;
  sim::Duration tick = 1ms;
  sim::Duration tick_work = 1550ns;
  FairParams fair;
  core::InterruptParams interrupts;
  core::IdleParams idle;

  static void describe(auto&& field) {
    using sim::Range;
    field(
        &KernelParams::syscall_entry, "syscall_entry", "entering the kernel by a system call",
        sim::derived("half of a system call: 72 ns in ghOSt, SOSP 2021, table 3; hardware.md 8.5"),
        Range{30ns, 85ns});
    field(&KernelParams::syscall_exit, "syscall_exit",
          "leaving it again, where the caller kept its CPU; what the call sent to other CPUs has "
          "left before",
          sim::derived("the other half"), Range{30ns, 85ns});
    field(&KernelParams::futex_wait, "futex_wait",
          "from the system call to the scheduler, taking the thread off its run queue",
          sim::assumed("hash bucket, lock, dequeue"), Range{100ns, 400ns});
    field(&KernelParams::futex_wake, "futex_wake",
          "the waker's side of a wake-up, without system call and message",
          sim::derived("hardware.md 3.4: the wake call takes 540 ns with its IPI"),
          Range{250ns, 540ns});
    field(&KernelParams::wake_remotely, "wake_remotely",
          "a waker that shares no cache with the CPU on which the thread ran last lets that CPU do "
          "the second half of the wake-up, by IPI",
          sim::recalled("Linux 4.15's scheduler feature TTWU_QUEUE, on by default"));
    field(&KernelParams::flag_wakes_pollers, "flag_wakes_pollers",
          "a wake-up sends no interrupt to a CPU that idles in POLL or C1, which watches a flag; "
          "only "
          "to one in C2",
          sim::chosen("off, and all that is calibrated is so; Linux does it on x86 "
                      "(TIF_POLLING_NRFLAG)"),
          Range{false, true});
    field(&KernelParams::activate, "activate", "putting a woken thread on its run queue",
          sim::assumed("lock, enqueue, preemption check"), Range{80ns, 300ns});
    field(&KernelParams::message, "message", "composing a message",
          sim::assumed("part of ghOSt's 265 ns to a polling agent"), Range{30ns, 120ns});
    field(
        &KernelParams::submit, "submit",
        "a host agent's submission of transactions, whatever their number, beside its system call "
        "and interrupts",
        sim::assumed("counted in ghOSt's kernel, some 170 cycles: copying the request and its set "
                     "of CPUs from user memory, walking that twice"),
        Range{30ns, 100ns});
    field(&KernelParams::commit, "commit", "checking a transaction and latching its thread",
          sim::assumed("the checks of ghost-kernel.md 5, cached"), Range{60ns, 300ns});
    field(
        &KernelParams::wake_agent, "wake_agent", "making an agent that sleeps runnable",
        sim::assumed("a flag and a barrier (ghost-kernel.md 4), up to a wake-up's lock and queue"),
        Range{20ns, 300ns});
    field(&KernelParams::pick_next, "pick_next", "choosing what runs next on a CPU",
          sim::assumed("walking the scheduling classes, cached"), Range{40ns, 200ns});
    field(&KernelParams::context_switch, "context_switch",
          "switching register state and stack, to a thread of the same process",
          sim::published("ghOSt, SOSP 2021, table 3: minimal switch, 410 ns"), Range{300ns, 450ns});
    field(
        &KernelParams::address_space, "address_space",
        "on top of that, to other page tables: loading them, what the TLB has not",
        sim::derived("hardware.md 7.2: writing CR3 takes 96 to 366 cycles, of the order of 3 GHz"),
        Range{30ns, 180ns});
    field(&KernelParams::lazy_tlb, "lazy_tlb",
          "an idle CPU keeps the page tables of what ran last instead of taking the kernel's own",
          sim::published("arch/x86/mm/tlb.c of Linux 4.15: not where the processor has PCIDs, as "
                         "Skylake and Zen 3 have; always from 4.20 on"),
          Range{false, true});
    field(&KernelParams::return_to_user, "return_to_user", "from the switch to the thread's code",
          sim::assumed("the rest of the thread's own system call, leaving the kernel"),
          Range{40ns, 120ns});
    field(&KernelParams::vm_exit, "vm_exit",
          "leaving a guest for an interrupt's sake and entering it again, beyond the interrupt",
          sim::recalled("hardware.md 3.5: what a posted interrupt avoids, 1 to 2 us"),
          Range{1us, 2us});
    field(&KernelParams::runqueue_lines, "runqueue_lines",
          "cache lines of a CPU's run queue that every commit and every schedule writes",
          sim::assumed(
              "the lock's; the latch and the reschedule flag beside it. Two lines would make "
              "the on-host decision of wave.md E2 13 % too long, one makes it 4 % too long"),
          Range{1, 4});
    field(&KernelParams::task_lines, "task_lines",
          "cache lines of a thread's task structure that waking it or committing it touches",
          sim::assumed("the scheduling state"), Range{1, 3});
    field(&KernelParams::context_lines, "context_lines",
          "further cache lines of a thread's kernel state that follow it to another core",
          sim::assumed("13 lines of saved vector registers, some 6 of stack, some 10 of task "
                       "structure, of which a few overlap"),
          Range{12, 40});
    field(&KernelParams::flush_page, "flush_page",
          "taking one page out of the own TLB, request looked at",
          sim::published("Linux, what its threshold for flushing all was set by: about 100 ns"),
          Range{60ns, 250ns});
    field(&KernelParams::tick, "tick", "period of the timer interrupt; zero: none",
          sim::recalled("wave.md E6: 1 ms"), Range{0ms, 10ms});
    field(&KernelParams::tick_work, "tick_work",
          "a tick's own work: time keeping, the class's tick, without entry and exit",
          sim::derived("hardware.md 8.5: 2 us a tick, less 450 ns of entry and exit"),
          Range{500ns, 4500ns});
    field(&KernelParams::fair, "fair", "the kernel's default scheduling class");
    field(&KernelParams::interrupts, "interrupts", "interrupts between cores");
    field(&KernelParams::idle, "idle", "idle states");
  }
};

}  // namespace scheduling
