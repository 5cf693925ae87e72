#include "chance.h"

#include <math.h>

#define NEGLIGIBLE 1e-12

static double log_choose(double of, double take)
{
    return lgamma(of + 1) - lgamma(take + 1) - lgamma(of - take + 1);
}

double kt_chance_drawn(double all, double of_kind, double drawn, double hit)
{
    double most = drawn < of_kind ? drawn : of_kind;
    if (of_kind > all || drawn > all || hit > most || hit * all <= drawn * of_kind) {
        return 0;
    }
    double first = log_choose(of_kind, hit) + log_choose(all - of_kind, drawn - hit) - log_choose(all, drawn);
    /* Above the mean each further term is smaller than the one before. */
    double sum = 1, term = 1;
    for (double i = hit; i < most && term > sum * NEGLIGIBLE; i++) {
        term *= (of_kind - i) * (drawn - i) / ((i + 1) * (all - of_kind - drawn + i + 1));
        sum += term;
    }
    double answer = first + log(sum);
    return answer < 0 ? answer : 0;
}

/* One side of the Kullback-Leibler divergence; 0 ln 0 is 0. */
static double part(double share, double wanted)
{
    return share > 0 ? share * log(share / wanted) : 0;
}

double kt_chance_excess(double trials, double expected, double hit)
{
    if (trials <= 0 || hit > trials || hit <= expected) {
        return 0;
    }
    if (expected <= 0) {
        return -INFINITY;
    }
    double share = hit / trials, wanted = expected / trials;
    return -trials * (part(share, wanted) + part(1 - share, 1 - wanted));
}
