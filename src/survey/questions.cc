#include "survey/questions.h"

namespace plumbline {

namespace {

constexpr SurveyQuestion kQuestions[] = {
    {"Ease of use", "lines", "Lines of the program", "ease"},
    {"Ease of use", "calls", "Calls in it", "ease"},
    {"Ease of use", "names", "Distinct names of libraries in it", "ease"},
    {"Ease of use", "concepts", "Concepts in it", "ease"},
    {"Ease of use", "overridden_defaults", "Defaults overridden to match the study", "ease"},
    {"Ease of use", "other_data", "Changed for another data set of the same shape", "ease"},
    {"Ease of use", "other_shape", "Changed for 32x32 colour images of 100 classes", "ease"},
    {"Ease of use", "other_backend", "Changed for another backend", "ease"},
    {"Mistakes",
     "wrong_label_shape",
     "One-hot labels for class numbers",
     "mistakes/wrong_label_shape"},
    {"Mistakes", "wrong_channels", "Three channels for one", "mistakes/wrong_channels"},
    {"Mistakes", "string_labels", "Labels that are words", "mistakes/string_labels"},
    {"Mistakes", "nan_input", "NaN in the images", "mistakes/nan_input"},
    {"Mistakes", "labels_out_of_range", "Labels out of range", "mistakes/labels_out_of_range"},
    {"Mistakes", "forgotten_zero_grad", "zero_grad forgotten", "mistakes/forgotten_zero_grad"},
    {"Mistakes", "softmax_twice", "Softmax applied twice", "mistakes/softmax_twice"},
    {"Mistakes", "dense_size", "Dense layer of a wrong size", "mistakes/dense_size"},
    {"Mistakes", "unlike_addition", "Sum of unlike shapes", "mistakes/unlike_addition"},
    {"Documentation",
     "docstrings",
     "Public functions and classes with a docstring",
     "documentation"},
    {"Documentation",
     "parameters_described",
     "Of those with parameters, all described",
     "documentation"},
    {"Documentation", "examples", "With an example", "documentation"},
    {"Documentation", "examples_run", "Examples that run as written", "documentation"},
    {"NumPy and SciPy", "numpy_training", "Arrays taken in training", "arrays"},
    {"NumPy and SciPy", "numpy_prediction", "Arrays taken in prediction", "arrays"},
    {"NumPy and SciPy", "numpy_evaluation", "Arrays taken in evaluation", "arrays"},
    {"NumPy and SciPy", "numpy_conversion", "Conversion of an array", "arrays"},
    {"NumPy and SciPy", "numpy_dtypes", "Types of numbers", "arrays"},
    {"NumPy and SciPy", "numpy_back", "What a prediction is, and its way to NumPy", "arrays"},
    {"NumPy and SciPy", "dlpack", "DLPack", "arrays"},
    {"Data sets", "data_sets", "Loadable by name", "data_sets"},
    {"Devices", "device_changes", "Changed from the CPU to a GPU", "devices"},
    {"Devices", "device_here", "The GPU's program on this machine", "devices"},
    {"Weight", "install_size", "Installed size, dependencies included", "weight"},
    {"Weight", "dependencies", "Packages it depends on", "weight"},
    {"Weight", "import_seconds", "Time of the import", "weight"},
    {"Weight", "import_memory", "Memory after the import", "weight"},
    {"Weight", "cold_start", "From start to the end of the first step", "weight"},
    {"Community", "contributors", "Contributors", "community"},
    {"Community", "releases", "Releases", "community"},
    {"Community", "open_issues", "Open issues", "community"},
    {"Community", "release_age", "Age of the installed release", "community"},
};

// Deadlines are for a busy machine; docs/survey.md has the times of an idle one.
constexpr SurveyProbe kProbes[] = {
    {"ease", 300},
    {"mistakes/wrong_label_shape", 400},
    {"mistakes/wrong_channels", 400},
    {"mistakes/string_labels", 400},
    {"mistakes/nan_input", 400},
    {"mistakes/labels_out_of_range", 400},
    {"mistakes/forgotten_zero_grad", 400},
    {"mistakes/softmax_twice", 400},
    {"mistakes/dense_size", 400},
    {"mistakes/unlike_addition", 400},
    {"documentation", 600},
    {"arrays", 600},
    {"data_sets", 600},
    {"devices", 400},
    {"weight", 2000},
    {"community", 60},
};

}  // namespace

std::string SurveyProbe::module() const {
  return std::string(name.substr(0, name.find('/')));
}

std::string SurveyProbe::argument() const {
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? "" : std::string(name.substr(slash + 1));
}

std::span<const SurveyQuestion> survey_questions() {
  return kQuestions;
}

std::span<const SurveyProbe> survey_probes() {
  return kProbes;
}

}  // namespace plumbline
