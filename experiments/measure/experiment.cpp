// SPDX-License-Identifier: Apache-2.0
#include "experiments/measure/experiment.h"

template const sim::Type& sim::type_of<experiments::ExperimentParams>();
