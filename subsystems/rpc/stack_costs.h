// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "sim/describe.h"
#include "sim/units.h"
#include "subsystems/rpc/stack/runtime.h"

namespace rpc {

using namespace std::chrono_literals;
using sim::operator""_ps;

/// Who computes a checksum over a packet's bytes, or encrypts and decrypts them.
enum class ByteWork : std::uint8_t {
  kNone,    // nobody
  kEngine,  // the NIC, as the packet passes
  kCore,    // the core that runs the stack
};

constexpr auto enum_names(std::type_identity<ByteWork>) {
  return std::array{sim::EnumName{ByteWork::kNone, "none"},
                    sim::EnumName{ByteWork::kEngine, "engine"},
                    sim::EnumName{ByteWork::kCore, "core"}};
}

/// What the code of an RPC stack costs where it declares it (`Runtime::charge`), as time on the
/// reference core (Zen 3 at 3.5 GHz). What it loads and stores in rings, queues and requests is
/// modelled and not part of this; what it loads and stores beside that is. Where each number comes
/// from: README.md.
///
/// By default the stack of a production server: calls cost what they cost in gRPC, packets what
/// they cost in a user-level transport that polls.
struct StackCosts {
  // Of each packet:
  sim::Duration receive_driver = 15ns;
  sim::Duration receive_transport = 160ns;
  sim::Duration send_transport = 160ns;
  sim::Duration send_driver = 15ns;
  sim::Duration transport_per_byte{};
  // Of each message:
  sim::Duration deserialise = 2600ns;
  sim::Duration deserialise_per_byte = 50_ps;
  sim::Duration dispatch = 1400ns;
  sim::Duration serialise = 1800ns;
  sim::Duration serialise_per_byte = 50_ps;
  // Of each packet again, where the stack's core has to do it:
  ByteWork checksum = ByteWork::kNone;
  sim::Duration checksum_per_byte = 32_ps;
  ByteWork encryption = ByteWork::kNone;
  sim::Duration encrypt = 300ns;
  sim::Duration encrypt_per_byte = 183_ps;

  sim::Duration of(Stage stage, std::uint32_t bytes) const;

  static void describe(auto&& field);

 private:
  sim::Duration byte_work(std::uint32_t bytes) const;
};

/// gRPC over Linux's sockets: a system call or two for each message.
StackCosts over_kernel_tcp();
/// What is left when everything is made for speed: eRPC.
StackCosts bare_metal();

constexpr auto presets(std::type_identity<StackCosts>) {
  return std::array{sim::Preset<StackCosts>{"kernel_tcp", over_kernel_tcp},
                    sim::Preset<StackCosts>{"bare_metal", bare_metal}};
}

/// An engine of the NIC through which packets pass on their way between wire and memory. It holds
/// nobody up as long as it is as fast as the wire: a packet leaves it later than it came, that is
/// all.
struct InlineEngine {
  sim::Duration latency = 500ns;
  sim::Bandwidth bandwidth = sim::Bandwidth::gigabits_per_second(200);

  /// How much later a packet of this size leaves.
  sim::Duration delay(sim::Bytes size) const { return latency + bandwidth.time_for(size); }

  static void describe(auto&& field) {
    using sim::Range;
    field(&InlineEngine::latency, "latency", "from a packet's last byte in to its first byte out",
          sim::assumed("not published; a pipeline of some hundred cycles below 1 GHz"),
          Range{50ns, 2us});
    field(
        &InlineEngine::bandwidth, "bandwidth", "of the packets that pass",
        sim::derived("Chips and Cheese on Mount Evans' successor: 400 Gb/s of inline IPsec and "
                     "PSP, twice its predecessor's; the wire's own speed"),
        Range{sim::Bandwidth::gigabits_per_second(100), sim::Bandwidth::gigabits_per_second(200)});
  }
};

void StackCosts::describe(auto&& field) {
  using C = StackCosts;
  using sim::Range;
  field(&C::receive_driver, "receive_driver", "a packet: descriptor, buffer, next buffer",
        sim::recalled("TAS (EuroSys'19, table 1): 90 cycles of driver for a request and its reply; "
                      "730 in Linux"),
        Range{5ns, 80ns});
  field(&C::receive_transport, "receive_transport",
        "a packet: connection, order, acknowledgement, placing its bytes",
        sim::recalled("TAS (EuroSys'19, table 1): 1,430 cycles of TCP and sockets for a request "
                      "and its reply, 13,450 in Linux; halved, and by 1.31 for Zen 3"),
        Range{8ns, 1500ns});
  field(&C::send_transport, "send_transport", "a packet: connection, window, timer, segment",
        sim::recalled("as receive_transport"), Range{8ns, 1500ns});
  field(&C::send_driver, "send_driver", "a packet: descriptor, completion of an earlier one",
        sim::recalled("as receive_driver"), Range{5ns, 80ns});
  field(&C::transport_per_byte, "transport_per_byte",
        "a copy between packets and messages, in either direction",
        sim::chosen("none: segments are placed by DMA. 107 ps with eRPC's 75 Gb/s a core, which "
                    "its abstract states, 190 ps with 42 Gb/s a core, recalled, of Linux"),
        Range{0_ps, 200_ps});
  field(&C::deserialise, "deserialise", "a message: framing, header, metadata, arguments",
        sim::derived("gRPC pull request 10803: 17.1 us of user time a unary call on one of 32 "
                     "virtual CPUs, 5.8 us of this core; 45 % of our count of instructions"),
        Range{5ns, 6500ns});
  field(&C::deserialise_per_byte, "deserialise_per_byte",
        "a byte of arguments, fetching it included",
        sim::assumed("text and bytes are copied at 20 GB/s; protobuf 3.21 here: 16 ps. Messages of "
                     "small fields: 1,500 ps (protobuf pull request 1525)"),
        Range{0_ps, 1500_ps});
  field(&C::dispatch, "dispatch",
        "a request: matching it with a handler, its context, choosing a worker",
        sim::derived("as deserialise; 24 % of the instructions"), Range{12ns, 3500ns});
  field(&C::serialise, "serialise", "a reply: status, metadata, header, framing",
        sim::derived("as deserialise; 31 % of the instructions"), Range{5ns, 4500ns});
  field(&C::serialise_per_byte, "serialise_per_byte", "a byte of the reply, writing it included",
        sim::assumed("as deserialise_per_byte; 21 ps here, 1,100 ps for small fields"),
        Range{0_ps, 1100_ps});
  field(&C::checksum, "checksum", "who computes CRC-32C over each packet: none, engine or core",
        sim::chosen("none: Ethernet has its own"));
  field(&C::checksum_per_byte, "checksum_per_byte", "on a core",
        sim::published("btrfs-progs, commit 992be8b5: 463 cycles for 4 KiB with PCLMULQDQ, 1,188 "
                       "with the CRC32 instruction alone"),
        Range{15_ps, 90_ps});
  field(&C::encryption, "encryption", "who encrypts and decrypts each packet: none, engine or core",
        sim::chosen("none: the question"));
  field(&C::encrypt, "encrypt", "a packet on a core: its nonce and its tag",
        sim::assumed("openssl speed on a Zen 5 virtual machine without VAES: 380 ns for 64 bytes"),
        Range{50ns, 500ns});
  field(&C::encrypt_per_byte, "encrypt_per_byte", "AES-128-GCM on a core",
        sim::published("Drucker, Gueron and Krasnov, Making AES great again: 0.64 cycles a byte "
                       "with AES-NI, 0.16 expected with vectors of 512 bits"),
        Range{45_ps, 250_ps});
}

}  // namespace rpc
