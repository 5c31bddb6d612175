// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/* The border between wavesim and a scheduling policy in a shared object of its own: C, so that the
 * two may come from different compilers. C++ policies do not see it: policy_module.h crosses it for
 * them.
 *
 * A library exports one function, `wavesim_policy_module`, which returns its module. No exception
 * may leave any of the functions below. One policy is used by one thread at a time; several
 * policies of one library may be used at once. */

#ifdef __cplusplus
extern "C" {
#endif

/* Counts incompatible changes of what is below. */
#define WAVESIM_POLICY_ABI 1u

/* Bits of `features`. A program refuses a module with bits that it does not know. */
#define WAVESIM_POLICY_METERED (UINT64_C(1) << 0) /* `blocks` counts */

/* What functions return besides. */
#define WAVESIM_POLICY_NO 0
#define WAVESIM_POLICY_YES 1
#define WAVESIM_POLICY_FAILED (-1) /* and `why` says why */

/* Values of `why` in `runnable`, as in scheduling::Policy::Why. */
#define WAVESIM_WOKEN 0
#define WAVESIM_YIELDED 1
#define WAVESIM_PREEMPTED 2
#define WAVESIM_REFUSED 3

/* A parameter of the policy, as the experiment gives it. */
typedef struct WavesimSetting {
  const char* name;
  const char* value;
} WavesimSetting;

typedef struct WavesimSettings {
  uint64_t count;
  const WavesimSetting* all;
} WavesimSettings;

/* One line that ends with a zero byte. */
typedef struct WavesimFailure {
  char why[256];
} WavesimFailure;

/* Instants and spans are picoseconds. A thread or CPU is a small number. */
typedef struct WavesimPolicyModule {
  /* These two are here in every version. */
  uint32_t abi_version; /* WAVESIM_POLICY_ABI */
  uint32_t struct_size; /* sizeof(WavesimPolicyModule) */

  uint64_t features;
  const char* name;     /* of the policy */
  const char* version;  /* any text */
  const char* built_by; /* compiler and flags */

  /* A policy, or null and why there is none. */
  void* (*create)(const WavesimSettings* settings, WavesimFailure* failure);
  void (*destroy)(void* policy);

  /* scheduling::Policy. NO for done, nobody or none; YES with what was asked for. */
  int32_t (*runnable)(void* policy, int32_t thread, int32_t why, int64_t now,
                      WavesimFailure* failure);
  int32_t (*gone)(void* policy, int32_t thread, WavesimFailure* failure);
  int32_t (*pick)(void* policy, int32_t cpu, int64_t now, int32_t* thread, WavesimFailure* failure);
  int32_t (*reads_words)(const void* policy, WavesimFailure* failure);
  int32_t (*word)(void* policy, int32_t thread, uint64_t word, WavesimFailure* failure);
  int32_t (*slice)(const void* policy, int64_t* slice, WavesimFailure* failure);

  /* Basic blocks of the library that the calling thread has run so far; null if not metered. */
  uint64_t (*blocks)(void);
} WavesimPolicyModule;

/* What the library exports. */
#define WAVESIM_POLICY_ENTRY "wavesim_policy_module"
typedef const WavesimPolicyModule* (*WavesimPolicyEntry)(void);

#ifdef __cplusplus
}
#endif
