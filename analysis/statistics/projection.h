/// Two ways to draw high-dimensional points in the plane: PCA and t-SNE. Both are deterministic.
#pragma once

#include <Eigen/Core>

namespace rankwise::analysis {

struct Pca {
  Eigen::MatrixXd scores;     // [n, components]; zero columns beyond the rank of the data
  Eigen::VectorXd explained;  // [components] share of the total variance
};

/// Principal components of the centred rows. Signs: the loading of largest size is positive.
Pca pca(const Eigen::MatrixXd& points, Eigen::Index components = 2);

struct TsneOptions {
  double perplexity = 30;  // effective number of neighbours; must be below the number of points
  int steps = 1000;
  int exaggerated_steps = 250;
  double exaggeration = 12;
};

struct Tsne {
  Eigen::MatrixXd embedding;  // [n, 2]
  double kl_divergence = 0;   // KL(P || Q), nats
};

/// Exact t-SNE (van der Maaten & Hinton 2008) with scikit-learn's PCA start, momentum and gains,
/// and the learning rate n / exaggeration (Belkina et al. 2019): scikit-learn's floor of 50 throws
/// few points about, so that a change in the last bit ends elsewhere. Throws Error for too few
/// points.
Tsne tsne(const Eigen::MatrixXd& points, const TsneOptions& options = {});

/// The perplexity to use for n points: 30, less where n is small.
double suggested_perplexity(Eigen::Index points);

/// Symmetric joint probabilities of t-SNE: [n, n], sum 1, zero diagonal.
Eigen::MatrixXd joint_probabilities(const Eigen::MatrixXd& points, double perplexity);

}  // namespace rankwise::analysis
