#include "network_session.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "kernels.h"
#include "require.h"

namespace gputrain {
namespace {

NetworkSpec network_of(const gt_plan& plan) {
  require(plan.family != GT_DENSE || (plan.activation >= GT_IDENTITY && plan.activation <= GT_TANH),
          "unknown activation " + std::to_string(plan.activation));
  Activation activation = plan.family == GT_DENSE ? static_cast<Activation>(plan.activation) : Activation::identity;
  return {plan.family, std::vector<int>(plan.widths, plan.widths + plan.layers + 1), activation, plan.guard};
}

}  // namespace

NetworkSession::NetworkSession(const gt_plan& plan, const gt_data& data, int threads)
    : gt_session(plan, data, threads), network_(network_of(plan)) {
  settings_.kernels = &chosen_kernels();
  settings_.model = make_model(network_, *settings_.kernels, false);
  settings_.loss = {static_cast<LossKind>(plan.loss), static_cast<float>(plan.huber_delta), 0.0F};
  settings_.optimizer = plan.optimizer;
  settings_.beta1 = plan.beta1;
  settings_.beta2 = plan.beta2;
  settings_.epsilon = plan.epsilon;
  settings_.momentum = plan.momentum;
  settings_.batch_size = plan.batch_size;
  settings_.shuffle = plan.shuffle != 0;
  size_t outputs = settings_.model->outputs();
  settings_.output_weights.assign(plan.output_weights, plan.output_weights + outputs);
  settings_.targets.assign(data.targets, data.targets + static_cast<size_t>(data.rows) * outputs);
  settings_.rules = rules_;
  for (int i = 0; i < plan.replicas; i++) {
    add_replica(plan, plan.replica[i], data);
  }
  for (int i = 0; i < pool_.threads(); i++) {
    teams_.push_back(std::make_unique<Team>(settings_, i == 0 ? pool_.threads() : 1));
  }
}

void NetworkSession::add_replica(const gt_plan& plan, const gt_replica& given, const gt_data& data) {
  const Model& model = *settings_.model;
  auto added = std::make_unique<Replica>(given);
  for (std::vector<int32_t>& set : row_sets(plan, given)) {
    std::shared_ptr<const PackedRows> packed;
    for (const auto& other : replicas_) {
      for (const auto& known : other->sets) {
        if (packed == nullptr && known->rows() == set) {
          packed = known;
        }
      }
    }
    if (packed == nullptr) {
      packed = std::make_shared<PackedRows>(model.row_format(), std::move(set), data.inputs, data.targets);
    }
    added->sets.push_back(std::move(packed));
  }
  added->primary = Floats(model.primary_size());
  added->mirror = Floats(model.mirror_size());
  added->first_moment = Floats(model.primary_size());
  added->second_moment = Floats(model.primary_size());
  added->best = Floats(model.primary_size());
  added->load(model, given.initial);
  model.pack(given.initial, added->best.data());
  added->parameter_sum.resize(plan.rules.average_last > 0 ? model.primary_size() : 0);
  books_.push_back(added.get());
  training_rows_.push_back(added->sets[0]->count());
  replicas_.push_back(std::move(added));
}

void NetworkSession::train(int replica, int64_t epochs, int team, int member, int members) {
  teams_[static_cast<size_t>(team)]->advance(*replicas_[static_cast<size_t>(replica)], epochs, member, members);
}

int NetworkSession::most_members(int rows) const { return Team::chunks(*settings_.model, rows); }

void NetworkSession::get_state(int index, gt_progress* progress, double* parameters, double* first_moment,
                               double* second_moment, double* best, double* parameter_sum) const {
  check_state(index, parameter_sum);
  const Replica& from = *replicas_[static_cast<size_t>(index)];
  const Model& model = *settings_.model;
  *progress = from.progress;
  model.unpack(from.primary.data(), parameters);
  model.unpack(from.first_moment.data(), first_moment);
  model.unpack(from.second_moment.data(), second_moment);
  model.unpack(from.best.data(), best);
  if (parameter_sum != nullptr) {
    model.unpack(from.parameter_sum.data(), parameter_sum);
  }
}

void NetworkSession::set_state(int index, const gt_progress& progress, const double* parameters,
                               const double* first_moment, const double* second_moment, const double* best,
                               const double* parameter_sum) {
  check_state(index, parameter_sum);
  Replica& to = *replicas_[static_cast<size_t>(index)];
  const Model& model = *settings_.model;
  to.progress = progress;
  to.load(model, parameters);
  model.pack(first_moment, to.first_moment.data());
  model.pack(second_moment, to.second_moment.data());
  model.pack(best, to.best.data());
  if (parameter_sum != nullptr) {
    model.pack(parameter_sum, to.parameter_sum.data());
  }
}

PackedRows NetworkSession::packed_inputs(const double* inputs, int rows) const {
  std::vector<int32_t> all(static_cast<size_t>(std::max(rows, 0)));
  std::iota(all.begin(), all.end(), 0);
  return PackedRows(settings_.model->row_format(), std::move(all), inputs, nullptr);
}

void NetworkSession::predict(const double* parameters, const double* inputs, int rows, double* outputs) const {
  const Model& model = *settings_.model;
  Floats primary(model.primary_size());
  Floats mirror(model.mirror_size());
  model.pack(parameters, primary.data());
  model.mirror_all(primary.data(), mirror.data());
  const PackedRows packed = packed_inputs(inputs, rows);
  std::vector<float> computed(static_cast<size_t>(packed.count()) * model.outputs());
  model.worker()->forward({primary.data(), mirror.data()}, {packed, nullptr, 0, packed.count()}, computed.data());
  std::copy(computed.begin(), computed.end(), outputs);
}

void NetworkSession::input_gradient(const double* parameters, const double* inputs, int rows, const double* weights,
                                    double* gradient) const {
  std::unique_ptr<Model> model = make_model(network_, *settings_.kernels, true);
  Floats primary(model->primary_size());
  Floats mirror(model->mirror_size());
  model->pack(parameters, primary.data());
  model->mirror_all(primary.data(), mirror.data());
  std::vector<float> output_weights(weights, weights + model->outputs());
  model->worker()->input_gradient({primary.data(), mirror.data()}, packed_inputs(inputs, rows), output_weights.data(),
                                  gradient);
}

}  // namespace gputrain
