/*
 * chance: how likely it is that chance alone did it.
 *
 * Answers are natural logarithms of probabilities: 0 says certain, -10 says hardly ever. The first is Fisher's exact
 * test, one-sided; the second the bound of Hoeffding, Probability Inequalities for Sums of Bounded Random Variables
 * (1963), theorem 1, which by its section 6 also holds for what is drawn without putting back. Thread: any (pure).
 */
#ifndef KT_CHANCE_H
#define KT_CHANCE_H

/*
 * Of `all` things, `of_kind` are of one kind; `drawn` of all are drawn blindly. The logarithm of the probability that
 * at least `hit` of them are of that kind (hypergeometric). 0 where the numbers make no sense.
 */
double kt_chance_drawn(double all, double of_kind, double drawn, double hit);

/*
 * `trials` independent trials, each with a probability of its own, have `expected` hits in the mean: an upper bound (by
 * Chernoff and Hoeffding) of the logarithm of the probability of at least `hit`.
 */
double kt_chance_excess(double trials, double expected, double hit);

#endif
