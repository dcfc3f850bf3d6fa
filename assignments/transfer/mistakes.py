"""What students get wrong in `transfer`, each as an edit of the reference: so nothing but the mistake is wrong.

Most are of modes, of flags and of what is shared, where PyTorch says nothing: a slice that ends at minus nothing, an
attribute that nobody reads, a normalisation that is frozen and moves all the same. Two lines each, so the formatter is
kept away.
"""
# ruff: noqa: E501 — one line for the edit, one for the sentence

from autograder import edits

from .reference import extract_features, fine_tune, freeze, replace_head, trainable, truncate

# fmt: off

# ── truncate ───────────────────────────────────────────────────────────────────────────────────

of = edits(truncate)
CUT, WHOLE = "layers[: len(layers) - n]", "return nn.Sequential(*layers[: len(layers) - n])"

of("truncate_keeps_n", CUT, "layers[:n]", "values none",
   "You keep the first n layers: it is the last n that are left off.")
of("truncate_minus_nothing", CUT, "layers[:-n]", "none",
   "For n = 0 your slice ends at -0, which is the beginning, and is empty: end it at len(layers) - n.")
of("truncate_one_too_many", CUT, "layers[: len(layers) - n - 1]", "values none",
   "You leave off one layer too many: the slice ends in front of the index len(layers) - n by itself.")
of("truncate_always_one", CUT, "layers[:-1]", "values none",
   "You leave off the last layer whatever n is.")
of("truncate_counts_inner_layers", "list(model)", "[m for m in model.modules() if not isinstance(m, nn.Sequential)]", "values",
   "You count the layers inside of nested Sequentials: a nested Sequential is one layer, so take list(model).")
of("truncate_copies", WHOLE, f"return nn.Sequential(*copy.deepcopy({CUT}))", "shared modules",
   "You copy the layers: the new model shares the very objects of the given one.")
of("truncate_in_place", WHOLE, "del model[len(layers) - n :]\n    return model", "none left_alone",
   "You delete the layers from the given model, which its owner still needs: put the others into a new nn.Sequential.")
of("truncate_same_for_zero", WHOLE, f"return nn.Sequential(*{CUT}) if n else model", "none",
   "With n = 0 you return the given model itself: make a new nn.Sequential there, too.")
of("truncate_list", WHOLE, f"return {CUT}", "values none",
   "You return a list of layers: put them into an nn.Sequential.")
of("truncate_evaluation", WHOLE, f"return nn.Sequential(*{CUT}).eval()", "unchanged",
   "You put the new model into evaluation mode, and with it the layers that the given one shares: leave modes alone.")
of("truncate_frozen", WHOLE, f"return nn.Sequential(*{CUT}).requires_grad_(False)", "unchanged",
   "You freeze the new model, and with it the layers that the given one shares: that is what freeze is for.")

# ── replace_head ───────────────────────────────────────────────────────────────────────────────

of = edits(replace_head)
HEAD, NEW, BODY = "nn.Linear(model[-1].in_features, classes)", "nn.Sequential(*truncate(model, 1), head)", "*truncate(model, 1), head"

of("head_in_place", f"return {NEW}", "model[-1] = head\n    return model", "left_alone modules",
   "You put the new layer into the given model, which its owner still needs: make a new nn.Sequential.")
of("head_shallow_copy", f"return {NEW}", "new = copy.copy(model)\n    new[-1] = head\n    return new", "left_alone",
   "copy.copy of a module shares its list of layers, so the given model gets your new head, too: make a new nn.Sequential.")
of("head_appended", HEAD, "nn.Linear(model[-1].out_features, classes)", "values",
   "You put the new layer behind the old one: it takes the old one's place.", also={"truncate(model, 1)": "model"})
of("head_takes_scores", "model[-1].in_features", "model[-1].out_features", "values",
   "Your new layer has as many inputs as the old one has outputs: it takes what the old one was given, in_features.")
of("head_sizes_exchanged", HEAD, "nn.Linear(classes, model[-1].in_features)", "values",
   "You have the sizes of nn.Linear the wrong way round: inputs first, then outputs.")
of("head_old_classes", "in_features, classes)", "in_features, model[-1].out_features)", "values",
   "Your new layer gives as many scores as the old one: it must give `classes`.")
of("head_kept_if_it_fits", f"return {NEW}", f"return {NEW} if classes != model[-1].out_features else truncate(model, 0)", "new",
   "You keep the old last layer where the number of classes is the same: other classes need new weights.")
of("head_copies_weights", f"head = {HEAD}", f"head = {HEAD}\n    rows = min(classes, model[-1].out_features)\n    head.weight.data[:rows] = model[-1].weight.data[:rows]", "new",
   "You copy weights of the old layer into the new one: leave those that nn.Linear draws.")
of("head_of_zeros", f"head = {HEAD}", f"head = {HEAD}\n    nn.init.zeros_(head.weight)", "values",
   "You set the new weights to 0, where every class is the same: leave those that nn.Linear draws.")
of("head_without_bias", "in_features, classes)", "in_features, classes, bias=False)", "bias",
   "Your new layer has no bias: make it as nn.Linear comes.")
of("head_with_softmax", BODY, f"{BODY}, nn.Softmax(dim=1)", "values",
   "You put a softmax behind the new layer: the last layer gives scores, and the loss has the softmax in it.")
of("head_behind_relu", BODY, "*truncate(model, 1), nn.ReLU(), head", "modules",
   "You put a ReLU in front of the new layer: nothing but the last layer is replaced.")
of("head_on_copies", "*truncate(model, 1)", "*copy.deepcopy(truncate(model, 1))", "shared modules",
   "You copy the other layers: the new model shares the very objects of the given one.")
of("head_freezes_the_rest", f"return {NEW}", f"model.requires_grad_(False)\n    return {NEW}", "unchanged",
   "You freeze the other layers, which the given model shares: that is what freeze is for.")

# ── freeze ─────────────────────────────────────────────────────────────────────────────────────

of = edits(freeze)
FIND, OFF = "frozen = model.get_submodule(name)", "frozen.requires_grad_(False)"
INSIDE, IS = "frozen.modules()", "isinstance(module, nn.BatchNorm2d)"
EVAL, STAY = "module.eval()", "module.train = lambda mode=True, module=module: module"

of("freeze_outermost_layer", FIND, 'frozen = model.get_submodule(name.partition(".")[0])', "statistics parameters",
   "You freeze the whole outermost layer that holds the module of that name: freeze that module alone.")
of("freeze_until_train", f"\n                {STAY}", "", "statistics exact twice",
   "After model.train() your frozen normalisations take the batch's statistics: neither requires_grad nor an eval() before it stops that.")
of("freeze_momentum_zero", f"{EVAL}\n                {STAY}", "module.momentum = 0.0", "statistics exact twice",
   "A momentum of 0 keeps the running statistics, but the batch's are still used: it takes evaluation mode.")
of("freeze_without_tracking", f"{EVAL}\n                {STAY}", "module.track_running_stats = False", "statistics exact twice",
   "Without track_running_stats the batch's statistics are used in training: it takes evaluation mode.")
of("freeze_from_next_train_on", EVAL, "pass", "at_once",
   "Your frozen normalisations stay in training mode until the next model.train(): put them into evaluation mode at once.",
   also={STAY: "module.train = lambda mode=True, module=module: nn.BatchNorm2d.train(module, False)"})
of("freeze_named_normalisations_alone", INSIDE, "[frozen]", "statistics twice",
   "You keep a normalisation in evaluation mode only if it is named itself: those inside of a named container count, too.")
of("freeze_children_alone", INSIDE, "frozen.children()", "statistics",
   "You look at the direct children alone: frozen.modules() has the module itself, and all that is in it however deep.")
of("freeze_every_normalisation", INSIDE, "model.modules()", "statistics exact",
   "You keep every normalisation of the model in evaluation mode: only those in the named modules are frozen.")
of("freeze_attribute", OFF, "frozen.requires_grad = False", "parameters exact twice",
   "The parameters of the named modules still require a gradient: module.requires_grad = False would not reach them, requires_grad_(False) does.")
of("freeze_not_the_normalisations", OFF, "[p.requires_grad_(False) for m in frozen.modules() if not isinstance(m, nn.BatchNorm2d) for p in m.parameters(recurse=False)]", "parameters exact twice",
   "The weight and bias of your frozen normalisations still require a gradient: they are parameters like others.")
of("freeze_everything", OFF, "model.requires_grad_(False)", "parameters exact",
   "You freeze all parameters of the model: only those in the named modules are.")
of("freeze_sets_all_flags", OFF, "[p.requires_grad_(not any(f'{other}.'.startswith(f'{one}.') for one in names)) for other, p in model.named_parameters()]", "twice",
   "You set requires_grad of every parameter, so a second call thaws what the first one froze: leave the others alone.")
of("freeze_by_prefix", FIND, "matching = [module for other, module in model.named_modules() if other.startswith(name)]\n        frozen = nn.ModuleList(matching)", "exact",
   'You look for names that begin alike: "1" is not a prefix of "10".')
of("freeze_first_name_alone", "for name in names:", "for name in names[:1]:", "statistics parameters exact",
   "You freeze the first of the named modules alone.")
of("freeze_train_ignores_mode", EVAL, "module.eval()\n                still.append(module)", "evaluation",
   "model.eval() no longer puts the model into evaluation mode: your train() ignores the mode that it is given.",
   also={"for name in names:": 'still = model.__dict__.setdefault("still", [])\n    for name in names:',
         STAY: "model.train = lambda mode=True: (nn.Module.train(model), [module.eval() for module in still])"})
of("freeze_forgets_statistics", EVAL, "module.eval()\n                module.reset_running_stats()", "statistics exact twice",
   "You reset the running statistics: a frozen normalisation keeps those that it has.")
of("freeze_rest_into_training", OFF, f"model.train()\n        {OFF}", "modes",
   "You put the rest of the model into training mode: leave its modes alone.")
of("freeze_rest_into_evaluation", OFF, f"model.eval()\n        {OFF}", "at_once",
   "You put the whole model into evaluation mode: only the frozen normalisations go there.")
of("freeze_empty_is_everything", "for name in names:", 'for name in names or [""]:', "nothing",
   "With an empty list you freeze the whole model: nothing is named, so nothing is frozen.")
of("freeze_returns_the_model", f"{EVAL}\n                {STAY}", f"{EVAL}\n                {STAY}\n    return model", "returns_nothing",
   "You return the model: freeze works in place, and returns nothing.")

# ── trainable ──────────────────────────────────────────────────────────────────────────────────

of = edits(trainable)
LIST = "[name for name, parameter in model.named_parameters() if parameter.requires_grad]"

of("trainable_all_of_them", " if parameter.requires_grad", "", "values none",
   "You list all parameters: only those whose requires_grad is True are trained.")
of("trainable_frozen_ones", "parameter.requires_grad", "not parameter.requires_grad", "values none",
   "You list the frozen parameters: it is the others that are trained.")
of("trainable_with_gradient", "parameter.requires_grad", "parameter.grad is not None", "values",
   "You list the parameters that have a gradient already: ask for requires_grad, for before the first step none has.")
of("trainable_sorted", LIST, f"sorted({LIST})", "values",
   "You sort the names by the alphabet: they stand in the order of named_parameters().")
of("trainable_parameters", "[name for", "[parameter for", "values",
   "You return the parameters themselves: return their names.")
of("trainable_modules", "[name for", '[name.rpartition(".")[0] for', "values",
   'You return the names of modules: those of parameters have the last part, too, "0.weight".')
of("trainable_weights_alone", "parameter.requires_grad", 'parameter.requires_grad and name.endswith("weight")', "values",
   "You list the weights alone: biases are trained, too.")
of("trainable_buffers", LIST, "list(model.state_dict())", "values none",
   "You list all of state_dict(), which has running statistics in it, and frozen parameters: ask named_parameters().")
of("trainable_none_for_empty", LIST, f"{LIST} or None", "none",
   "Where nothing is trained you return None: return an empty list.")

# ── extract_features ───────────────────────────────────────────────────────────────────────────

of = edits(extract_features)
RESTORE = "    for module, mode in modes:\n        module.training = mode\n"
GRAPH = "with torch.no_grad():\n        features = model(x)"

of("features_in_training", "    model.eval()\n", "", "values statistics",
   "The model is in training mode while it computes the features: call model.eval() first.")
of("features_normalisations_alone", "model.eval()", "[module.eval() for module in model.modules() if isinstance(module, nn.BatchNorm2d)]", "values",
   "Only normalisations are in evaluation mode, and dropout is still active: call model.eval().")
of("features_left_in_evaluation", RESTORE, "", "modes every_mode",
   "You leave the model in evaluation mode: give every module back the mode that it was in.")
of("features_into_training", RESTORE, "    model.train()\n", "modes every_mode",
   "You put all modules into training mode at the end: give each back the mode that it was in.")
of("features_mode_of_the_whole", RESTORE, "    model.train(modes[0][1])\n", "modes every_mode",
   "You put all modules into the mode that the outermost one was in: each has a mode of its own.")
of("features_modes_of_children", "model.modules()]", "[model, *model.children()]]", "modes every_mode",
   "You give their modes back to the outermost modules alone: model.modules() goes into nested ones, too.")
of("features_with_graph", GRAPH, "features = model(x)", "graph",
   "There is a graph behind your features: compute them under torch.no_grad().")
of("features_freeze_the_model", GRAPH, "model.requires_grad_(False)\n    features = model(x)", "gradients",
   "You turn requires_grad off to be rid of the graph, and leave it off: torch.no_grad() leaves the parameters alone.")
of("features_without_last_layer", "features = model(x)", "features = model[:-1](x)", "values",
   "You leave off the last layer yourself: the model that you are given is what computes the features.")
of("features_flattened", "return features", "return features.flatten(1)", "values",
   "You flatten the features: return them in the shape in which the model gives them.")
of("features_of_the_first_image", "model(x)", "model(x[:1])", "values",
   "You compute the features of the first image alone: there is a row for each.")

# ── fine_tune ──────────────────────────────────────────────────────────────────────────────────

of = edits(fine_tune)
LOSS, MODE, PARAMETERS = "nn.functional.cross_entropy(model(x), y)", "    model.train()\n", "[parameter for parameter in model.parameters() if parameter.requires_grad]"
SGD, CLEAR, BACK, STEP = "torch.optim.SGD(parameters, lr=lr)", "        optimizer.zero_grad()\n", "        loss.backward()\n", "        optimizer.step()\n"
NEXT, NOTE, LOSSES = "batches[step % len(batches)]", "losses.append(loss.item())", "torch.tensor(losses)"
TRAINED = "parameters losses"

of("tune_in_evaluation", MODE, "", "losses parameters statistics",
   "The model is in evaluation mode while you train it: call model.train() first.")
of("tune_normalisations_in_evaluation", MODE, f"{MODE}    [m.eval() for m in model.modules() if isinstance(m, nn.BatchNorm2d)]\n", "losses parameters statistics",
   "You keep all normalisations in evaluation mode: only those that freeze has frozen stay there.")
of("tune_forces_training", MODE, f"{MODE}    for module in model.modules():\n        module.training = True\n", "after_freeze",
   "You put frozen normalisations into training mode by hand: model.train() leaves them as freeze wants them.")
of("tune_gradients_add_up", CLEAR, "", "parameters",
   "You never clear the gradients, so each step takes those of all steps before, too: call zero_grad() in every step.")
of("tune_without_step", STEP, "", "parameters",
   "No step changes the parameters: clear the gradients before backward(), and call step() after it.")
of("tune_ascent", "loss.backward()", "(-loss).backward()", "parameters",
   "You go up the gradient, where the loss grows: the step is w - lr · gradient.")
of("tune_sum_over_the_batch", "(model(x), y)", '(model(x), y, reduction="sum")', "losses parameters",
   "You sum the loss over the batch: the cross-entropy is the mean.")
of("tune_softmax_twice", "(model(x), y)", "(model(x).softmax(dim=1), y)", "losses parameters",
   "You take a softmax of the scores first: cross_entropy has it in it.")
of("tune_without_softmax", LOSS, "nn.functional.nll_loss(model(x), y)", "losses parameters",
   "nll_loss takes logarithms of probabilities, and you give it scores: use cross_entropy, or log_softmax before it.")
of("tune_momentum", "lr=lr)", "lr=lr, momentum=0.9)", "parameters",
   "You use momentum: plain gradient descent is asked for.")
of("tune_weight_decay", "lr=lr)", "lr=lr, weight_decay=0.01)", "parameters",
   "You use weight decay: plain gradient descent is asked for.")
of("tune_adam", SGD, "torch.optim.Adam(parameters, lr=lr)", "parameters",
   "You use Adam: plain gradient descent is asked for, torch.optim.SGD.")
of("tune_copy", MODE, "    model = copy.deepcopy(model)\n    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]\n    optimizer = torch.optim.SGD(parameters, lr=lr)\n    model.train()\n", "parameters statistics",
   "You train a copy: the model that you are given is trained in place.")
of("tune_head_alone", PARAMETERS, "list(model[-1].parameters())", "parameters",
   "You train the last layer alone: everything that requires a gradient is trained.")
of("tune_thaws", PARAMETERS, "list(model.requires_grad_(True).parameters())", "frozen after_freeze gradients",
   "You train what is frozen: give the optimizer what requires a gradient, and leave the flags alone.")
of("tune_freezes_afterwards", f"return {LOSSES}", f"model.requires_grad_(False)\n    return {LOSSES}", "gradients",
   "You freeze the whole model at the end: leave requires_grad as it was.")
of("tune_first_batch_alone", NEXT, "batches[0]", "losses cycled",
   "You train on the first batch alone: take the batches in turn.")
of("tune_stays_at_the_last_batch", NEXT, "batches[min(step, len(batches) - 1)]", "cycled",
   "After the last batch you stay there: begin with the first one again.")
of("tune_stops_with_the_batches", "range(steps)", "range(min(steps, len(batches)))", "cycled",
   "You stop when all batches have been used: begin with the first one again until there are `steps` steps.")
of("tune_epochs", "range(steps)", "range(steps * len(batches))", "losses",
   "You go through all batches `steps` times: a step is one batch.")
of("tune_loss_after_the_step", NOTE, f"losses.append({LOSS}.item())", "losses statistics",
   "You note the loss after the step, from a second forward pass: it is the one from before the step.")
of("tune_watches_accuracy", NOTE, f"{NOTE}\n        accuracy = (model(x).argmax(dim=1) == y).double().mean()", "statistics",
   "A second forward pass in training mode moves the running statistics once more: use the scores of the first one.")
of("tune_losses_in_a_column", LOSSES, f"{LOSSES}[:, None]", "shape",
   "Your losses have the shape (steps, 1): it is (steps,).")
