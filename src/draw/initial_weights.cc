#include <cmath>
#include <span>
#include <variant>

#include "base/error.h"
#include "draw/draw.h"
#include "draw/normal_quantile.h"

namespace plumbline {
namespace {

// centre + scale * x, with x from a stream: 0, uniform on (-1, 1), or a standard normal, whole or
// cut at 2.
struct Law {
  enum class Kind { Point, Uniform, Normal, TruncatedNormal };
  Kind kind = Kind::Point;
  double centre = 0;
  double scale = 0;
};

// Of mean 0 and the variance gain / fan; a uniform on (-a, a) has the variance a^2 / 3.
Law uniform_of_variance(double gain, double fan) {
  return {Law::Kind::Uniform, 0, std::sqrt(3 * gain / fan)};
}
Law normal_of_variance(double gain, double fan, ScaledNormal form) {
  constexpr double kTruncatedShare = 0.87962566103423978;  // the sd of a unit normal cut at 2
  const double stddev = std::sqrt(gain / fan);
  switch (form) {
    case ScaledNormal::Whole:
      break;
    case ScaledNormal::Truncated:
      return {Law::Kind::TruncatedNormal, 0, stddev};
    case ScaledNormal::TruncatedToScale:
      return {Law::Kind::TruncatedNormal, 0, stddev / kTruncatedShare};
  }
  return {Law::Kind::Normal, 0, stddev};
}

Law law_of(const Initialiser& initialiser, const ParameterSpec& parameter, ScaledNormal form) {
  const auto fan_in = static_cast<double>(parameter.fan_in);
  const auto both_fans = static_cast<double>(parameter.fan_in + parameter.fan_out);
  switch (initialiser.kind) {
    case InitialiserKind::Zeros:
      return {Law::Kind::Point, 0, 0};
    case InitialiserKind::Constant:
      return {Law::Kind::Point, initialiser.value, 0};
    case InitialiserKind::Normal:
      return {Law::Kind::Normal, initialiser.mean, initialiser.stddev};
    case InitialiserKind::TruncatedNormal:
      return {Law::Kind::TruncatedNormal, initialiser.mean, initialiser.stddev};
    case InitialiserKind::GlorotUniform:  // Glorot & Bengio 2010
      return uniform_of_variance(2, both_fans);
    case InitialiserKind::GlorotNormal:
      return normal_of_variance(2, both_fans, form);
    case InitialiserKind::HeUniform:  // He, Zhang, Ren & Sun 2015
      return uniform_of_variance(2, fan_in);
    case InitialiserKind::HeNormal:
      return normal_of_variance(2, fan_in, form);
    case InitialiserKind::LecunUniform:  // LeCun, Bottou, Orr & Mueller 1998
      return uniform_of_variance(1, fan_in);
    case InitialiserKind::LecunNormal:
      return normal_of_variance(1, fan_in, form);
  }
  throw Error("An initialiser is none of the known ones.");
}

Law uniform_of_fan_in(const ParameterSpec& parameter) {
  return {Law::Kind::Uniform, 0, 1 / std::sqrt(static_cast<double>(parameter.fan_in))};
}

Law default_kernel_law(const ParameterSpec& parameter, const InitialiserDialect& dialect) {
  switch (dialect.default_kernel) {
    case DefaultKernel::GlorotUniform:
      break;
    case DefaultKernel::UniformOfFanIn:
      return uniform_of_fan_in(parameter);
    case DefaultKernel::LecunNormal:
      return law_of({.kind = InitialiserKind::LecunNormal}, parameter, dialect.scaled_normal);
  }
  return law_of({.kind = InitialiserKind::GlorotUniform}, parameter, dialect.scaled_normal);
}

Law default_bias_law(const ParameterSpec& parameter, const InitialiserDialect& dialect) {
  return dialect.default_bias == DefaultBias::UniformOfFanIn ? uniform_of_fan_in(parameter)
                                                             : Law{Law::Kind::Point, 0, 0};
}

Law law_of(const ParameterSpec& parameter,
           const Recipe& recipe,
           const InitialiserDialect& dialect) {
  switch (parameter.role) {
    case ParameterRole::Kernel: {
      const auto* given = std::get_if<Initialiser>(&recipe.weights);
      return given != nullptr ? law_of(*given, parameter, dialect.scaled_normal)
                              : default_kernel_law(parameter, dialect);
    }
    case ParameterRole::Bias: {
      const auto* given = std::get_if<Initialiser>(&recipe.biases);
      return given != nullptr ? law_of(*given, parameter, dialect.scaled_normal)
                              : default_bias_law(parameter, dialect);
    }
    case ParameterRole::Gamma:
    case ParameterRole::MovingVariance:
      return {Law::Kind::Point, 1, 0};
    case ParameterRole::Beta:
    case ParameterRole::MovingMean:
      return {Law::Kind::Point, 0, 0};
  }
  throw Error("A parameter's role is none of the known ones.");
}

// Element e is value(stream.uniform_f64(e)), rounded once to float32; a block of the stream serves
// two.
template <typename Value>
void fill(std::span<float> elements, const RandomStream& stream, const Value& value) {
  for (std::size_t e = 0; e < elements.size(); e += 2) {
    const PhiloxCounter words = stream.block(static_cast<std::uint32_t>(e / 2));
    elements[e] = static_cast<float>(value(uniform_f64_of(words[0], words[1])));
    if (e + 1 < elements.size()) {
      elements[e + 1] = static_cast<float>(value(uniform_f64_of(words[2], words[3])));
    }
  }
}

void draw(std::span<float> elements, const RandomStream& stream, const Law& law) {
  const double centre = law.centre;
  const double scale = law.scale;
  switch (law.kind) {
    case Law::Kind::Point:
      fill(elements, stream, [=](double) { return centre; });
      return;
    case Law::Kind::Uniform:
      fill(elements, stream, [=](double u) { return centre + scale * (2 * u - 1); });
      return;
    case Law::Kind::Normal:
      fill(elements, stream, [=](double u) { return centre + scale * normal_quantile(u); });
      return;
    case Law::Kind::TruncatedNormal:
      fill(elements, stream, [=](double u) {
        return centre + scale * truncated_normal_quantile(u);
      });
      return;
  }
}

}  // namespace

TensorMap initial_weights(const Network& network,
                          const Recipe& recipe,
                          PhiloxKey key,
                          const InitialiserDialect& dialect) {
  if (const auto* checkpoint = std::get_if<Checkpoint>(&recipe.weights)) {
    return load_checkpoint(network, *checkpoint);
  }
  TensorMap weights;
  std::uint32_t index = 0;
  for (const ParameterSpec& parameter : parameters(network)) {
    Tensor tensor(DType::F32, parameter.shape);
    const RandomStream stream(key, StreamPurpose::InitialWeights, index++, 0);
    draw(tensor.as<float>(), stream, law_of(parameter, recipe, dialect));
    weights.emplace(parameter.name, std::move(tensor));
  }
  return weights;
}

}  // namespace plumbline
