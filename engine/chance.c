#include "chance.h"

#include <math.h>

#define NEGLIGIBLE     1e-12
#define STIRLING_LEAST 20
#define PI             3.14159265358979323846

/* By Stirling's series, from where it is exact enough. lgamma() writes a variable that all threads share. */
static double log_factorial(double n)
{
    double product = 1;
    for (; n < STIRLING_LEAST; n++) {
        product *= n + 1;
    }
    double square = n * n;
    double correction = (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / n;
    return n * log(n) - n + 0.5 * log(2 * PI * n) + correction - log(product);
}

static double log_choose(double of, double take)
{
    return log_factorial(of) - log_factorial(take) - log_factorial(of - take);
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
