#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "native_worker/trial.h"
#include "tensor/safetensors.h"

namespace plumbline::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Expects an error with a reason that has `text`, and a worker that goes on answering.
void expect_error(WorkerProcess& worker, const json& request, const std::string& text) {
  SCOPED_TRACE(request.dump().substr(0, 200));
  const json answer = worker.ask(request);
  EXPECT_EQ(answer.value("status", ""), "error");
  EXPECT_THAT(answer.value("reason", ""), HasSubstr(text));
  EXPECT_EQ(worker.ask({{"request", "describe"}}).value("status", ""), "ok");
}

json changed(json request, const char* pointer, const json& value) {
  request[json::json_pointer(pointer)] = value;
  return request;
}

TEST(NativeWorkerBadRequests, OutOfOrderOrUnknown) {
  const Trial trial;
  WorkerProcess worker({});
  expect_error(worker, {{"request", "fly"}}, "'fly'");
  expect_error(worker, json::object(), "request");
  expect_error(worker, {{"request", 7}}, "request");
  expect_error(worker, Trial::build(), "load_data");
  expect_error(worker, {{"request", "get_state"}, {"path", trial.path("x")}}, "'build'");
  expect_error(worker, {{"request", "train"}, {"steps", 1}, {"report_seconds", 1}}, "'build'");
}

TEST(NativeWorkerBadRequests, DataThatDoNotFit) {
  const Trial trial;
  WorkerProcess worker({});
  expect_error(worker, changed(trial.load_data(), "/train", trial.path("nothing")), "nothing");
  expect_error(worker, changed(trial.load_data(), "/classes", 3), "is not from 0 to 2");
  expect_error(worker, changed(trial.load_data(), "/classes", 0), "classes");
  expect_error(worker, changed(trial.load_data(), "/input_scaling/stddev", 0), "stddev");
  TensorMap tensors = read_safetensors(trial.path("test")).tensors;
  tensors.insert_or_assign("images", Tensor(DType::U8, {30, 5, 6, 1}));
  write_safetensors(trial.path("smaller"), tensors);
  expect_error(worker, changed(trial.load_data(), "/test", trial.path("smaller")), "(5, 6, 1)");
  tensors.insert_or_assign("images", Tensor(DType::F64, {30, 6, 6, 1}));
  write_safetensors(trial.path("f64"), tensors);
  expect_error(worker, changed(trial.load_data(), "/test", trial.path("f64")), "F64");
  tensors.erase("images");
  write_safetensors(trial.path("none"), tensors);
  expect_error(worker, changed(trial.load_data(), "/test", trial.path("none")), "'images'");
}

TEST(NativeWorkerBadRequests, ObservingThatDoesNotFit) {
  const Trial trial;
  WorkerProcess worker({"--engine=reference"});
  const json build = Trial::build("controlled");
  const json record = trial.path("record");
  trial.prepare(worker, build);
  expect_error(worker, changed(trial.step({0}), "/record", record), "observed form");
  expect_error(
      worker, {{"request", "predict"}, {"record", record}, {"images", 1}}, "observed form");
  expect_error(worker, changed(build, "/form", "seen"), "form");
  expect_error(worker, changed(Trial::build("as-shipped"), "/form", "observed"), "controlled");
  worker.result_of(changed(build, "/form", "observed"));
  for (const json& images : {json(0), json(31), json("all")}) {
    expect_error(
        worker, {{"request", "predict"}, {"record", record}, {"images", images}}, "images");
  }
  expect_error(worker, changed(trial.step({0}), "/record", 7), "record");
}

TEST(NativeWorkerBadRequests, APlanThatDoesNotFit) {
  const Trial trial;
  WorkerProcess worker({});
  worker.result_of(trial.load_data());
  expect_error(worker, changed(Trial::build(), "/network/input", {6, 5, 1}), "conv");
  expect_error(worker, changed(Trial::build(), "/network/layers/0/kernel", {0, 3}), "kernel");
  expect_error(worker, changed(Trial::build(), "/recipe/optimizer/name", "adamant"), "optimizer");
  expect_error(worker, changed(Trial::build(), "/mode", "wild"), "mode");
  expect_error(worker, changed(Trial::build(), "/seed", -1), "seed");
  json fewer = changed(Trial::build(), "/network/layers/5/units", 3);
  fewer["network"]["layers"][5]["output_shape"] = {3};
  expect_error(worker, fewer, "4 classes");
  json lacking = Trial::build();
  lacking.erase("recipe");
  expect_error(worker, lacking, "'recipe'");
  worker.result_of(Trial::build());  // and a good one still works
}

TEST(NativeWorkerBadRequests, StepsAndStatesThatDoNotFit) {
  const Trial trial;
  WorkerProcess worker({});
  trial.prepare(worker, Trial::build("controlled"));
  expect_error(worker, trial.step({0, 50}), "50 is not from 0 to 49");
  expect_error(worker, trial.step({}), "no indices");
  worker.result_of(trial.step({0, 1}));
  TensorMap tensors = read_safetensors(trial.path("step")).tensors;
  tensors.erase("mask/drop");
  write_safetensors(trial.path("unmasked"), tensors);
  expect_error(worker, {{"request", "step"}, {"path", trial.path("unmasked")}}, "'drop'");

  TensorMap state = trial.state_of(worker);
  state.erase("conv/kernel");
  write_safetensors(trial.path("less"), state);
  expect_error(worker, {{"request", "set_state"}, {"path", trial.path("less")}}, "conv/kernel");
  state.emplace("conv/kernel", Tensor(DType::F32, {3, 3, 5, 1}));
  write_safetensors(trial.path("turned"), state);
  expect_error(worker, {{"request", "set_state"}, {"path", trial.path("turned")}}, "(3, 3, 5, 1)");
  expect_error(worker, {{"request", "get_state"}, {"path", "/nowhere/state"}}, "/nowhere/state");
  expect_error(worker, {{"request", "train"}, {"steps", 0}, {"report_seconds", 1}}, "steps");
  expect_error(worker, {{"request", "predict"}}, "path");
}

}  // namespace
}  // namespace plumbline::testing
