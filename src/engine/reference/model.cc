#include "engine/reference/model.h"

#include "engine/reference/model_definition.h"

namespace plumbline::reference {

template class Model<Double>;
template class Model<Float32>;
template class Model<BoundedArithmetic>;

}  // namespace plumbline::reference
