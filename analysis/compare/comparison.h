/// Two labels against each other: seed by seed, and example by example.
#pragma once

#include "analysis/compare/best_rows.h"
#include "analysis/output/table.h"
#include "analysis/runs/config_difference.h"
#include "analysis/runs/run_scores.h"
#include "analysis/statistics/bootstrap.h"
#include "analysis/statistics/paired_tests.h"
#include "analysis/statistics/significance.h"
#include "analysis/statistics/statistics.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// One score of both over the seeds that both have. Differences are a minus b, as printed.
struct ScoreComparison {
  std::string heading;
  int digits = 1;
  MeanStd a, b;
  std::vector<double> differences;       // [seeds]
  std::optional<PairedTest> over_seeds;  // paired t-test; nothing below two seeds
  ExactTest sign_flip, wilcoxon;         // over seeds
  /// Of these models on other examples; nothing where the examples are not the same or were not
  /// asked for.
  std::optional<BootstrapDifference> over_examples;
  /// Of other seeds and other examples, where there are several seeds and the examples are the
  /// same. Seeds are drawn from those that there are: of three its interval is too narrow.
  std::optional<BootstrapDifference> over_both;
  std::vector<double> mcnemar_p;  // exact, of each seed; empty but for one task by accuracy
  double dz = 0;                  // Cohen's; NaN with one seed
  double cliffs_delta = 0;        // positive where a is mostly higher
  /// The smallest true difference that the t-test finds with 80 % on as many seeds, if differences
  /// scatter as these do.
  std::optional<double> detectable;
  /// Of the t-test, or with one seed of the bootstrap over examples; Holm's is over the family of
  /// correct(): the rows of an ablation, the tasks of compare().
  std::optional<double> p, holm_p;
  /// Of two one-sided t-tests over seeds against a margin, where one was given; Holm's likewise.
  std::optional<double> equivalence, holm_equivalence;

  /// "higher" or "lower" where Holm's p is below 0.05, else "alike" where that of equivalence is,
  /// else "inconclusive".
  std::string verdict() const;
  /// 95 %, that p belongs to: of the seeds, or with one seed of the examples.
  std::optional<Interval> interval() const;
};

enum class Examples { kCompared, kOnlyForOneSeed };

/// Throws Error where the cells share no seed under one protocol.
ScoreComparison compare_cells(const ScoreColumn& column, std::size_t row_a, std::size_t row_b,
                              const ScoreChoice& choice, Examples examples);

/// Tests whether a and b are nearer to each other than `margin`, in the column's unit, over two
/// seeds or more; before correct().
void test_equivalence(ScoreComparison& comparison, double margin);

/// Fills holm_p, and holm_equivalence, of those that have a p: one family of tests.
void correct(std::span<ScoreComparison> comparisons);

/// What differs in the config of the first runs of two groups, their labels aside. Of two variants'
/// options only those of b that are not its own defaults stay, with a dash as a's value: options of
/// one name need not mean the same in both. (Of runs of early programs, which did not record what
/// their defaults were: those that both have.)
std::vector<LeafDifference> config_differences(const RunGroup& a, const RunGroup& b);

struct Comparison {
  RunSet runs;  // of a and b alone, in this order
  ScoreChoice choice;
  std::vector<TaskColumn> tasks;
  std::vector<ScoreComparison> scores;  // each task, then the average where there is one
  std::vector<LeafDifference> config;   // from a to b

  std::size_t task_scores() const;  // how many of the scores, from the first on, are tasks'
};

/// The index of a label; throws Error that lists the labels.
std::size_t find_label(const RunSet& set, const std::string& label);

/// Of the label that a table compares with: the wanted one, or where none is wanted the study's, or
/// where that is not among the rows the first. Throws Error for an unknown one that is wanted.
std::size_t find_reference(const RunSet& set, const std::string& wanted);

/// Throws Error for unknown labels, or where they share no seed under one protocol.
Comparison compare(const RunSet& set, const std::string& a, const std::string& b,
                   const ScoreChoice& choice);

/// What exact tests over so many seeds cannot say; empty where they can reach 0.05.
std::string few_seeds_footer(std::size_t seeds);

}  // namespace rankwise::analysis
