#pragma once

#include "data/dataset.h"
#include "study/study.h"

namespace plumbline {

// Reads data of the user's own from source.path: a .npz file with x_train, y_train, x_test and
// y_test, or a folder with those four as .npy files, with four IDX files, or with train.csv and
// test.csv. Throws EnvironmentError.
[[nodiscard]] Dataset load_own_data(const DataSource& source);

}  // namespace plumbline
