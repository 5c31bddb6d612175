// SPDX-License-Identifier: Apache-2.0
#include "sim/students_t.h"

#include <boost/math/distributions/students_t.hpp>

namespace sim {
namespace {

// In double precision throughout. By default Boost computes in long double, which not every machine
// has, and on one without (valgrind is one) throws before main.
using boost::math::policies::policy;
using boost::math::policies::promote_double;
using StudentsT = boost::math::students_t_distribution<double, policy<promote_double<false>>>;

}  // namespace

double students_t_above(double t, double freedom) {
  return cdf(complement(StudentsT(freedom), t));
}

double students_t_exceeded(double tail, double freedom) {
  return quantile(complement(StudentsT(freedom), tail));
}

}  // namespace sim
