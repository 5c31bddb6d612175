#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mpirun for tests: on this machine alone, as root too, with more ranks than cores, without a network.
# Becomes mpirun, so that its process id is mpirun's.
#
#   scripts/mpirun-here.sh -n 3 PROGRAM...
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
exec mpirun --oversubscribe --mca btl self,vader --mca plm isolated "$@"
