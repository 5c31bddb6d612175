# SPDX-License-Identifier: Apache-2.0
# Short names for scripts and CMake presets; `make` lists them.
JOBS ?= $(shell nproc)
PACKAGES = scripts/install-packages.sh
PROGRAM = build/release/wavesim
REPORT = build/paper.html
PAPER = $(PROGRAM) regress experiments/paper --report $(REPORT)

.PHONY: help build test paper bench tidy format clean packages browser release
.NOTPARALLEL:

help: ## this list
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' Makefile | expand -t 10

build: packages ## install what is missing and leave the program at build/release/wavesim
	cmake --preset release
	cmake --build --preset release --target wavesim --parallel $(JOBS)

test: packages browser release ## build everything, then run all tests
	ctest --preset release --parallel $(JOBS)

paper: build ## the same as build, then simulate the paper's experiments and write a report
	$(PAPER)
	@echo 'The report is $(REPORT); open it in a browser.'

bench: ## install the engines compared with, and run the benchmarks
	@$(PACKAGES) build test bench
	@$(MAKE) --no-print-directory release
	cmake --build build/release --target bench

tidy: ## clang-tidy on what changed since BASE (default: where this branch left origin/main)
	@$(PACKAGES) build test ci
	scripts/tidy-changed.sh $(BASE)

format: ## clang-format everything
	@$(PACKAGES) ci
	scripts/check-format.sh --fix

clean: ## forget all builds
	rm -rf build

packages:
	@$(PACKAGES) build test

# A registry that does not answer says nothing about the change; the browser test says that it was skipped.
browser:
	@$(PACKAGES) browser
	@scripts/install-npm-packages.sh || echo 'no npm packages: reports are not looked at in a browser'

release:
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS)
