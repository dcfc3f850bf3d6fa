"""What students get wrong in `recurrent`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: the ways in which gradients through time are lost or counted twice, the orders of gates that other
libraries have, and what follows from the formulas. A mistake of a step is a mistake of the sequences that are made of
it. Two lines each, so the formatter is kept away.
"""

from autograder import edits

from .reference import (
    clip_by_norm,
    gradient_through_time,
    lstm_backward,
    lstm_forward,
    lstm_step_backward,
    lstm_step_forward,
    multiscale_backward,
    multiscale_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_backward,
    rnn_step_forward,
)

# fmt: off

# ── a step of a recurrent layer ────────────────────────────────────────────────────────────────

of = edits(rnn_step_forward, seen_in=(rnn_forward,))
SUM = "x @ Wx + h @ Wh + b"
NEW = f"np.tanh({SUM})"

of("rnn_bias_forgotten", SUM, "x @ Wx + h @ Wh", "values",
   "You never add the bias: the sum is x @ Wx + h @ Wh + b.")
of("rnn_bias_twice", SUM, "x @ Wx + h @ Wh + 2 * b", "values",
   "You add b to both products: there is one bias, added once.")
of("rnn_state_ignored", SUM, "x @ Wx + b", "values",
   "Your step does not use h: without h @ Wh the layer remembers nothing.")
of("rnn_input_ignored", SUM, "h @ Wh + b", "values",
   "Your step does not use x: add x @ Wx.")
of("rnn_without_tanh", NEW, SUM, "values",
   "You return the sum itself: the next state is its tanh.")
of("rnn_sigmoid", NEW, f"sigmoid({SUM})", "values",
   "You squash the sum with the sigmoid: it is tanh here, from -1 to 1.")
of("rnn_relu", NEW, f"np.maximum({SUM}, 0)", "values",
   "You use ReLU: it is tanh here.")
of("rnn_tanh_of_each_product", NEW, "np.tanh(x @ Wx) + np.tanh(h @ Wh) + b", "values",
   "You take tanh of each product: add up first, and take tanh of the sum.")
of("rnn_wh_transposed", "h @ Wh", "h @ Wh.T", "values",
   "You transpose Wh: rows are examples, so it is h @ Wh as it stands.")
of("rnn_state_added", NEW, f"h + {NEW}", "values",
   "You add the old state to the new one: the next state is the tanh alone.")

of = edits(rnn_step_forward)

of("rnn_step_tanh_by_exponentials", NEW,
   f"(np.exp({SUM}) - np.exp(-({SUM}))) / (np.exp({SUM}) + np.exp(-({SUM})))", "saturated",
   "Your tanh is a quotient of exponentials, which is inf / inf for large sums: use np.tanh.")
of("rnn_step_extra_axis", "return new,", "return new[:, None],", "shape",
   "Your h has an axis of length one too many: one step gives (N, H), without an axis for the time.")
of("rnn_step_state_in_place", f"new = {NEW}", "h[...] = h @ Wh\n    new = np.tanh(x @ Wx + h + b)", "pure",
   "You write h @ Wh into h, and the caller still needs the old state: make a new array.")

of = edits(rnn_step_backward, seen_in=(rnn_backward,))
SLOPE = "dh * (1 - new**2)"

of("rnn_slope_forgotten", SLOPE, "dh", "gradients consistent",
   "You leave out the slope of tanh: multiply dh by 1 - h² of the new state first.")
of("rnn_slope_squashed_twice", "new**2", "np.tanh(new)**2", "gradients",
   "You take tanh of the new state, which is a tanh already: its slope is 1 - h².")
of("rnn_slope_not_squared", "new**2", "new", "gradients",
   "You multiply by 1 - h: the slope of tanh is 1 - h².")
of("rnn_slope_plus", "1 - new**2", "1 + new**2", "gradients",
   "You multiply by 1 + h²: the slope of tanh is 1 - h².")
of("rnn_slope_of_sigmoid", "(1 - new**2)", "new * (1 - new)", "gradients",
   "You multiply by h (1 - h), the slope of the sigmoid: that of tanh is 1 - h².")
of("rnn_slope_of_old_state", "new**2", "h**2", "gradients",
   "You take the slope from the state before the step: it is 1 - h² of the state after it.")
of("rnn_dh_without_weights", "da @ Wh.T", "da", "gradients",
   "Your dh is da itself: the old state went through Wh, so it is da @ Wh.T.")
of("rnn_dh_weights_not_transposed", "da @ Wh.T", "da @ Wh", "gradients",
   "Your dh is da @ Wh: on the way back Wh is transposed.")
of("rnn_dwh_of_new_state", "h.T @ da", "new.T @ da", "gradients",
   "Your dWh uses the state after the step: Wh met the state before it.")
of("rnn_dwh_transposed", "h.T @ da", "da.T @ h", "gradients",
   "Your dWh is transposed: it is h.T @ da.")
of("rnn_dwx_without_slope", "x.T @ da", "x.T @ dh", "gradients",
   "Your dWx uses dh: the slope of tanh belongs to every gradient, so it is x.T @ da.")
of("rnn_db_without_slope", "da.sum(axis=0)", "dh.sum(axis=0)", "gradients",
   "Your db sums dh: the slope of tanh belongs to every gradient, so sum da.")
of("rnn_db_averaged", "da.sum(axis=0)", "da.mean(axis=0)", "gradients",
   "Your db is the mean over the batch: every row uses the bias, so its gradient is their sum.")
of("rnn_step_averaged", "x.T @ da, h.T @ da, da.sum(axis=0)",
   "x.T @ da / len(x), h.T @ da / len(x), da.sum(axis=0) / len(x)", "gradients",
   "You divide the gradients of the weights by N: dh already carries any 1/N.")

of = edits(rnn_step_backward)

of("rnn_step_order_of_gradients", "da @ Wx.T, da @ Wh.T", "da @ Wh.T, da @ Wx.T", "gradients",
   "You return dh first: the order is dx, dh, dWx, dWh, db.")
of("rnn_step_db_keeps_axis", "da.sum(axis=0)", "da.sum(axis=0, keepdims=True)", "shapes",
   "Your db has the shape (1, H) where b has (H,): sum without keepdims.")
of("rnn_step_slope_infinite", SLOPE,
   "dh * 4 * np.exp(2 * np.arctanh(new)) / (1 + np.exp(2 * np.arctanh(new)))**2", "saturated",
   "Your slope of tanh is a quotient of exponentials, which is inf / inf for large sums: use 1 - h².")
of("rnn_step_dh_in_place", f"da = {SLOPE}", "dh *= 1 - new**2\n    da = dh", "pure",
   "dh *= 1 - h² changes the caller's array: make a new one.")
of("rnn_step_cache_overwritten", f"da = {SLOPE}", "new **= 2\n    da = dh * (1 - new)", "pure",
   "You square the cached state in place, so a second call finds another one: make a new array.")

# ── a recurrent layer over time ────────────────────────────────────────────────────────────────

of = edits(rnn_forward)

of("rnn_always_from_h0", "x[:, t], h, Wx", "x[:, t], h0, Wx", "values",
   "Every step of yours starts from h0: each starts from the state that the one before has made.")
of("rnn_from_zeros", "h, states, caches = h0,", "h, states, caches = np.zeros_like(h0),", "values one_step",
   "You start from zeros: the state before the first step is h0.")
of("rnn_steps_reversed", "range(x.shape[1])", "reversed(range(x.shape[1]))", "values",
   "You read the sequence from its end: begin with the first step.")
of("rnn_first_input_alone", "x[:, t]", "x[:, 0]", "values",
   "Every step of yours reads the first input: step t reads x[:, t].")
of("rnn_time_first", "np.stack(states, axis=1)", "np.stack(states, axis=0)", "values",
   "Your h has the time first: it is (N, T, H), so stack the states along axis 1.")
of("rnn_h0_included", "= h0, [], []", "= h0, [h0], []", "values one_step",
   "Your h begins with h0: it holds the T states after the steps.")
of("rnn_states_before_steps",
   "h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)\n        states.append(h)",
   "states.append(h)\n        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)", "values one_step",
   "You note each state before its step: h holds the states after the steps.")
of("rnn_last_state_alone", "np.stack(states, axis=1)", "h", "values",
   "You return the last state alone: return the states of all steps, (N, T, H).")
of("rnn_same_state_noted", "np.stack(states, axis=1)", "np.stack([h] * len(states), axis=1)", "values",
   "All your states are the last one: you note one array and write into it, so note a copy at each step.")
of("rnn_last_step_missing", "range(x.shape[1])", "range(x.shape[1] - 1)", "values",
   "You take one step too few: a sequence has T = x.shape[1] steps.")
of("rnn_squeezed", "np.stack(states, axis=1)", "np.stack(states, axis=1).squeeze()", "shape",
   "Your h has lost its axes of length one: it is (N, T, H) even where one of them is 1.")
of("rnn_h0_in_place", "states.append(h)", "h0[...] = h\n        states.append(h)", "pure",
   "You write each state into h0, which belongs to the caller: keep it in an array of your own.")

of = edits(rnn_backward)
STEP_BACK = "dx_t, carried, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + carried, cache[t])"
THROUGH = "gradients last_step"

of("time_not_carried", "dh[:, t] + carried", "dh[:, t]", THROUGH,
   "Nothing comes back from later steps: a state forks into its output and the next step, so add both gradients.")
of("time_last_dh_alone", "dh[:, t] + carried", "(dh[:, t] if t == len(cache) - 1 else 0) + carried", "gradients",
   "You use the dh of the last step alone: one arrives at every step, and is added to what comes back.")
of("time_forward_order", "reversed(range(len(cache)))", "range(len(cache))", THROUGH,
   "You go through the steps from the first to the last: gradients come back from the last step.")
of("time_dh_added_behind_the_step", STEP_BACK,
   "dx_t, back, dWx_t, dWh_t, db_t = rnn_step_backward(carried + 0 * dh[:, t], cache[t])\n"
   "        carried = back + dh[:, t]", THROUGH,
   "You add dh[:, t] after going back through step t: it arrives at the state after that step, so add it before.")
of("time_weights_of_one_step", "dWx + dWx_t, dWh + dWh_t, db + db_t", "dWx_t, dWh_t, db_t", THROUGH,
   "Your weights have the gradient of one step: all steps share them, so add up over the steps.")
of("time_dx_reversed", "dx[::-1]", "dx", THROUGH,
   "Your dx runs backwards in time: you noted the last step first, so turn the list round.")
of("time_dh0_zeros", "axis=1), carried", "axis=1), np.zeros_like(carried)", "gradients h0 one_step",
   "Your dh0 is zero: h0 goes into the first step, and its gradient is what comes back from there.")
of("time_dh0_counts_dh", "axis=1), carried", "axis=1), carried + dh[:, 0]", "gradients h0 one_step",
   "You add dh[:, 0] to dh0: it arrived at the state after the first step, and went through that step already.")
of("time_dh_of_all_steps", "dh[:, t] + carried", "dh.sum(axis=1) + carried", "gradients",
   "At each step you take the dh of all steps: at step t only dh[:, t] arrives, beside what comes back.")
of("time_carried_doubled", "dh[:, t] + carried", "dh[:, t] + 2 * carried", THROUGH,
   "You count what comes back from the next step twice: add it once.")
of("time_fork_averaged", "dh[:, t] + carried", "(dh[:, t] + carried) / 2", "gradients",
   "You average the two gradients that arrive at a state: where a value forks, they add.")
of("time_dx_time_first", "axis=1), carried", "axis=0), carried", "gradients",
   "Your dx has the time first: it is (N, T, D), so stack along axis 1.")
of("time_dh_in_place", STEP_BACK,
   "dh[:, t] += carried\n        dx_t, carried, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t], cache[t])", "pure",
   "dh[:, t] += … changes the caller's array: add into a new one.")
of("time_db_extra_axis", "db + db_t", "(db + db_t).reshape(1, -1)", "shapes",
   "Your db has the shape (1, H) where b has (H,).")
of("time_weights_averaged", "dWx + dWx_t, dWh + dWh_t, db + db_t",
   "dWx + dWx_t / len(cache), dWh + dWh_t / len(cache), db + db_t / len(cache)", "gradients consistent",
   "You divide the gradients of the weights by T: they are sums over the steps.")

# ── a step of an LSTM ──────────────────────────────────────────────────────────────────────────

of = edits(lstm_step_forward, seen_in=(lstm_forward,))
ORDER = "i, f, o, g = np.split"
GATES = "sigmoid(i), sigmoid(f), sigmoid(o)"

of("lstm_pytorch_order", ORDER, "i, f, g, o = np.split", "values gates",
   "You read the columns as i, f, g, o, PyTorch's order: here they are i, f, o, g.")
of("lstm_forget_first", ORDER, "f, i, o, g = np.split", "values gates",
   "You have the input and the forget gate the wrong way round: the columns are i, f, o, g, and f keeps the cell.")
of("lstm_output_second", ORDER, "i, o, f, g = np.split", "values gates",
   "You read the columns as i, o, f, g: here they are i, f, o, g.")
of("lstm_candidate_first", ORDER, "g, i, f, o = np.split", "values gates",
   "You read the candidate first: it comes last, i, f, o, g.")
of("lstm_forget_bias", "sigmoid(f)", "sigmoid(f + 1)", "values",
   "You add 1 to the sum of the forget gate: there is no bias besides b.")
of("lstm_candidate_sigmoid", "np.tanh(g)", "sigmoid(g)", "values gates",
   "Your candidate goes through the sigmoid: g is not a gate, and goes through tanh.")
of("lstm_gates_tanh", GATES, "np.tanh(i), np.tanh(f), np.tanh(o)", "values",
   "Your gates go through tanh: i, f and o are gates from 0 to 1, and go through the sigmoid.")
of("lstm_cell_not_squashed", "np.tanh(new)", "new", "values gates",
   "Your h is the output gate times c: it is σ(o) times tanh(c).")
of("lstm_cell_by_sigmoid", "np.tanh(new)", "sigmoid(new)", "values gates",
   "Your cell goes through the sigmoid on its way to h: it goes through tanh.")
of("lstm_gates_coupled", "f * c", "(1 - i) * c", "values",
   "You keep 1 - σ(i) of the cell: the forget gate is one of its own.")
of("lstm_forget_inverted", "f * c", "(1 - f) * c", "values gates",
   "You keep 1 - σ(f) of the cell: a forget gate that is open keeps it, σ(f) c.")
of("lstm_forget_gate_missing", "f * c", "c", "values gates",
   "You keep all of the old cell: multiply it by the forget gate.")
of("lstm_input_gate_missing", "i * g", "g", "values gates",
   "You add the whole candidate: multiply it by the input gate.")
of("lstm_output_gate_missing", "o * squashed", "squashed", "values gates",
   "Your h shows all of the cell: multiply tanh(c) by the output gate.")
of("lstm_old_cell_shown", "np.tanh(new)", "np.tanh(c)", "values gates",
   "Your h is made of the old cell: it shows the new one.")
of("lstm_cell_of_state", "f * c", "f * h", "values gates",
   "The forget gate multiplies h in your step: it multiplies the cell c.")
of("lstm_bias_forgotten", SUM, "x @ Wx + h @ Wh", "values gates",
   "You never add the bias: the sums are x @ Wx + h @ Wh + b.")
of("lstm_state_ignored", SUM, "x @ Wx + b", "values",
   "Your gates do not see h: the sums are x @ Wx + h @ Wh + b.")
of("lstm_gates_interleaved", f"np.split({SUM}, 4, axis=1)",
   f"np.moveaxis(({SUM}).reshape(len(x), -1, 4), 2, 0)", "values gates",
   "You read i, f, o, g of each unit side by side: the first H columns are i, the next H are f, and so on.")

of = edits(lstm_step_forward)

of("lstm_step_outputs_exchanged", "return o * squashed, new,", "return new, o * squashed,", "values",
   "You return c first: the order is h, c, cache.")
of("lstm_step_sigmoid_overflows", GATES, "np.exp(i) / (1 + np.exp(i)), sigmoid(f), sigmoid(o)", "saturated",
   "Your sigmoid is exp(z) / (1 + exp(z)), which is inf / inf for large z: use 1 / (1 + exp(-z)) or tanh.")
of("lstm_step_extra_axis", "return o * squashed,", "return (o * squashed)[:, None],", "shapes",
   "Your h has an axis of length one too many: one step gives (N, H), without an axis for the time.")
of("lstm_step_cell_in_place", "new = f * c + i * g", "c *= f\n    c += i * g\n    new = c", "pure",
   "You update c itself, and the caller still needs the old cell: make a new array.")

of = edits(lstm_step_backward, seen_in=(lstm_backward,))
CELL = "dc + dh * o * (1 - squashed**2)"
EACH = "dnew * g, dnew * c, dh * squashed, dnew * i"

of("cell_dh_ignored", CELL, "dc", "gradients dh_alone",
   "Nothing of dh reaches your cell: h is made of it, so add dh σ(o) (1 - tanh² c) to dc.")
of("cell_output_gate_missing", CELL, "dc + dh * (1 - squashed**2)", "gradients dh_alone",
   "On the way from dh to the cell you leave out the output gate: it is dh σ(o) (1 - tanh² c).")
of("cell_slope_missing", CELL, "dc + dh * o", "gradients dh_alone",
   "On the way from dh to the cell you leave out the slope of tanh, 1 - tanh² c.")
of("cell_slope_of_old_cell", "squashed**2", "np.tanh(c)**2", "gradients",
   "You take the slope of tanh at the old cell: h shows the new one.")
of("cell_slope_squashed_twice", "squashed**2", "np.tanh(squashed)**2", "gradients",
   "You take tanh of tanh(c): the slope is 1 - tanh² c of the new cell itself.")
of("cell_forget_gate_missing", "dnew * f", "dnew", "gradients dc_alone",
   "The dc that you return lacks the forget gate: the old cell was multiplied by it.")
of("forget_gate_of_new_cell", "dnew * c", "dnew * np.arctanh(squashed)", "gradients",
   "Your gradient of the forget gate uses the new cell: the gate multiplied the old one.")
of("input_and_candidate_exchanged", EACH, "dnew * i, dnew * c, dh * squashed, dnew * g", "gradients",
   "The gradients of input gate and candidate are exchanged: each is multiplied by the other one.")
of("gate_slopes_missing", "di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)", "di, df, do", "gradients consistent",
   "You leave out the slopes of the three gates, σ (1 - σ).")
of("gate_slopes_of_tanh", "di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)",
   "di * (1 - i**2), df * (1 - f**2), do * (1 - o**2)", "gradients",
   "You use the slope of tanh for the gates: they are sigmoids, with the slope σ (1 - σ).")
of("candidate_slope_of_sigmoid", "dg * (1 - g**2)", "dg * g * (1 - g)", "gradients",
   "You use the slope of the sigmoid for the candidate: it is a tanh, with the slope 1 - g².")
of("candidate_slope_missing", "dg * (1 - g**2)", "dg", "gradients",
   "You leave out the slope of the candidate's tanh, 1 - g².")
of("gradients_in_pytorch_order", "do * o * (1 - o), dg * (1 - g**2)", "dg * (1 - g**2), do * o * (1 - o)", "gradients",
   "You put the gradients together as i, f, g, o: the columns are i, f, o, g.")
of("output_gate_of_cell_gradient", "dh * squashed", "dnew * squashed", "gradients",
   "Your gradient of the output gate uses the cell's: the gate acts on h alone, so it is dh tanh(c).")
of("output_gate_of_bare_cell", "dh * squashed", "dh * np.arctanh(squashed)", "gradients",
   "Your gradient of the output gate uses c: the gate multiplied tanh(c).")
of("lstm_dh_added_again", "da @ Wh.T", "dh + da @ Wh.T", "gradients",
   "You add the dh that arrived to the dh that you return: the old h reaches the new one through the gates alone.")
of("lstm_dwh_of_new_state", "h.T @ da", "(o * squashed).T @ da", "gradients",
   "Your dWh uses the state after the step: Wh met the state before it.")
of("lstm_db_averaged", "da.sum(axis=0)", "da.mean(axis=0)", "gradients",
   "Your db is the mean over the batch: every row uses the bias, so its gradient is their sum.")

of = edits(lstm_step_backward)

of("cell_dc_ignored", CELL, "dh * o * (1 - squashed**2)", "gradients dc_alone",
   "You leave out dc: the new cell forks into h and the next step, so both gradients add.")
of("cell_returned_dc_without_dh", "dnew * f", "dc * f", "gradients dh_alone",
   "The dc that you return is made of the dc that arrived alone: what comes from dh belongs to it, too.")
of("lstm_step_order_of_gradients", "da @ Wh.T, dnew * f", "dnew * f, da @ Wh.T", "gradients",
   "You return dc before dh: the order is dx, dh, dc, dWx, dWh, db.")
of("lstm_step_db_keeps_axis", "da.sum(axis=0)", "da.sum(axis=0, keepdims=True)", "shapes",
   "Your db has the shape (1, 4H) where b has (4H,): sum without keepdims.")
of("lstm_step_slope_infinite", "di * i * (1 - i)", "di * (1 / i - 1) / (1 / i)**2", "saturated",
   "Your slope of the input gate is exp(-z) / (1 + exp(-z))², inf / inf where the gate is shut: use σ (1 - σ).")
of("lstm_step_dc_in_place", f"dnew = {CELL}", "dc += dh * o * (1 - squashed**2)\n    dnew = dc", "pure",
   "dc += … changes the caller's array: add into a new one.")
of("lstm_step_cache_overwritten", "da = np.concatenate(slopes, axis=1)",
   "da = np.concatenate(slopes, axis=1)\n    c[...] = dnew", "pure",
   "You write into the cached cell, so a second call finds another one: make a new array.")

# ── an LSTM over time ──────────────────────────────────────────────────────────────────────────

of = edits(lstm_forward)

of("lstm_always_from_c0", "h, c, Wx", "h, c0, Wx", "values",
   "Every step of yours starts from c0: carry the cell along from step to step.")
of("lstm_always_from_h0", "h, c, Wx", "h0, c, Wx", "values",
   "Every step of yours starts from h0: each starts from the state that the one before has made.")
of("lstm_cell_from_zeros", "= h0, c0, [], []", "= h0, np.zeros_like(c0), [], []", "values one_step",
   "Your cell starts from zeros: before the first step it is c0.")
of("lstm_state_from_zeros", "= h0, c0, [], []", "= np.zeros_like(h0), c0, [], []", "values one_step",
   "Your state starts from zeros: before the first step it is h0.")
of("lstm_initial_exchanged", "= h0, c0, [], []", "= c0, h0, [], []", "values one_step",
   "You start with h0 and c0 exchanged.")
of("lstm_cells_returned", "states.append(h)", "states.append(c)", "values one_step",
   "You return the cells: what leaves the layer is h.")
of("lstm_carried_exchanged", "x[:, t], h, c, Wx", "x[:, t], *((h, c) if t == 0 else (c, h)), Wx", "values",
   "From the second step on h and c are exchanged in your loop.")
of("lstm_steps_reversed", "range(x.shape[1])", "reversed(range(x.shape[1]))", "values",
   "You read the sequence from its end: begin with the first step.")
of("lstm_first_input_alone", "x[:, t]", "x[:, 0]", "values",
   "Every step of yours reads the first input: step t reads x[:, t].")
of("lstm_time_first", "np.stack(states, axis=1)", "np.stack(states, axis=0)", "values",
   "Your h has the time first: it is (N, T, H), so stack the states along axis 1.")
of("lstm_last_state_alone", "np.stack(states, axis=1)", "h", "values",
   "You return the last state alone: return the states of all steps, (N, T, H).")
of("lstm_squeezed", "np.stack(states, axis=1)", "np.stack(states, axis=1).squeeze()", "shape",
   "Your h has lost its axes of length one: it is (N, T, H) even where one of them is 1.")
of("lstm_c0_in_place", "states.append(h)", "c0[...] = c\n        states.append(h)", "pure",
   "You write each cell into c0, which belongs to the caller: keep it in an array of your own.")

of = edits(lstm_backward)
STEP_BACK = "dx_t, carried, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + carried, dc, cache[t])"
ZEROS = "carried, dc = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])"

of("lstm_time_h_not_carried", "dh[:, t] + carried", "dh[:, t]", THROUGH,
   "Nothing comes back through h: add what the next step returns as dh to dh[:, t].")
of("lstm_time_c_not_carried", "carried, dc, cache[t]", "carried, np.zeros_like(dc), cache[t]", THROUGH,
   "Nothing comes back through c: hand the dc that a step returns to the step before it.")
of("lstm_time_c_thrown_away", "dx_t, carried, dc, dWx_t", "dx_t, carried, _, dWx_t", "gradients last_step initial",
   "You throw away the dc that each step returns: hand it to the step before, and return the last one as dc0.")
of("lstm_time_last_dh_alone", "dh[:, t] + carried", "(dh[:, t] if t == len(cache) - 1 else 0) + carried", "gradients",
   "You use the dh of the last step alone: one arrives at every step, and is added to what comes back.")
of("lstm_time_dc_from_dh", ZEROS, "carried, dc = np.zeros_like(dh[:, 0]), dh[:, -1].copy()", "gradients one_step",
   "Your dc begins with the last dh: nothing outside uses the last cell, so it begins with 0.")
of("lstm_time_carried_from_dh", ZEROS, "carried, dc = dh[:, -1].copy(), np.zeros_like(dh[:, 0])", "gradients one_step",
   "You count the dh of the last step twice: what comes back begins with 0.")
of("lstm_time_forward_order", "reversed(range(len(cache)))", "range(len(cache))", THROUGH,
   "You go through the steps from the first to the last: gradients come back from the last step.")
of("lstm_time_weights_of_one_step", "dWx + dWx_t, dWh + dWh_t, db + db_t", "dWx_t, dWh_t, db_t", THROUGH,
   "Your weights have the gradient of one step: all steps share them, so add up over the steps.")
of("lstm_time_weights_averaged", "dWx + dWx_t, dWh + dWh_t, db + db_t",
   "dWx + dWx_t / len(cache), dWh + dWh_t / len(cache), db + db_t / len(cache)", "gradients consistent",
   "You divide the gradients of the weights by T: they are sums over the steps.")
of("lstm_time_dx_reversed", "dx[::-1]", "dx", THROUGH,
   "Your dx runs backwards in time: you noted the last step first, so turn the list round.")
of("lstm_time_initial_exchanged", "axis=1), carried, dc", "axis=1), dc, carried", "gradients initial",
   "You return dc0 before dh0: the order is dx, dh0, dc0, dWx, dWh, db.")
of("lstm_time_dh0_zeros", "axis=1), carried, dc", "axis=1), np.zeros_like(carried), dc", "gradients initial one_step",
   "Your dh0 is zero: h0 goes into the first step, and its gradient is what comes back from there.")
of("lstm_time_dc0_zeros", "axis=1), carried, dc", "axis=1), carried, np.zeros_like(dc)", "gradients initial one_step",
   "Your dc0 is zero: c0 goes into the first step, and its gradient is what comes back from there.")
of("lstm_time_dh0_counts_dh", "axis=1), carried, dc", "axis=1), carried + dh[:, 0], dc", "gradients initial one_step",
   "You add dh[:, 0] to dh0: it arrived at the state after the first step, and went through that step already.")
of("lstm_time_fork_averaged", "dh[:, t] + carried", "(dh[:, t] + carried) / 2", "gradients",
   "You average the two gradients that arrive at a state: where a value forks, they add.")
of("lstm_time_dx_time_first", "axis=1), carried", "axis=0), carried", "gradients",
   "Your dx has the time first: it is (N, T, D), so stack along axis 1.")
of("lstm_time_dh_in_place", STEP_BACK,
   "dh[:, t] += carried\n"
   "        dx_t, carried, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t], dc, cache[t])", "pure",
   "dh[:, t] += … changes the caller's array: add into a new one.")
of("lstm_time_db_extra_axis", "db + db_t", "(db + db_t).reshape(1, -1)", "shapes",
   "Your db has the shape (1, 4H) where b has (4H,).")

# ── clipping ───────────────────────────────────────────────────────────────────────────────────

of = edits(clip_by_norm)
NORM = "np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))"
SCALE = "1.0 if norm <= limit else limit / norm"

of("clip_each_alone", "scale * grad", "min(1.0, limit / np.linalg.norm(grad)) * grad", "values",
   "You clip each gradient by its own norm, which turns the direction: the norm of all together scales all.")
of("clip_by_value", "scale * grad", "np.clip(grad, -limit, limit)", "values",
   "You clip each element to the limit, which turns the direction: scale all by one factor.")
of("clip_root_forgotten", NORM, "sum(np.sum(grad**2) for grad in grads.values())", "values",
   "You forget the root: the norm is the root of the sum of squares.")
of("clip_norm_of_absolute_values", NORM, "sum(np.sum(np.abs(grad)) for grad in grads.values())", "values",
   "You add up absolute values: the norm is the root of the sum of squares.")
of("clip_largest_norm", NORM, "max(np.linalg.norm(grad) for grad in grads.values())", "values",
   "You take the largest of the norms: the norm of all together is the root of the sum of all squares.")
of("clip_sum_of_norms", NORM, "sum(np.linalg.norm(grad) for grad in grads.values())", "values",
   "You add up the norms: the norm of all together is the root of the sum of all squares.")
of("clip_mean_of_squares", "np.sum(grad**2)", "np.mean(grad**2)", "values",
   "You average the squares of each gradient: add them up.")
of("clip_always", SCALE, "limit / norm", "untouched zeros",
   "You scale even what is below the limit: such gradients stay as they are.")
of("clip_inverted", "limit / norm", "norm / limit", "values",
   "You multiply by norm / limit, which makes long gradients longer: it is limit / norm.")
of("clip_to_one", "limit / norm", "1 / norm", "values",
   "You scale to the norm 1: it is to become the limit.")
of("clip_never", "scale * grad", "grad.copy()", "values",
   "Gradients above the limit come back as they are: multiply all of them by limit / norm.")
of("clip_constant_too_large", "limit / norm", "limit / (norm + 1e-2)", "values",
   "The constant that you add to the norm is so large that it shows: 1e-6 is enough, and none is needed.")
of("clip_zero_over_zero", "scale * grad", "grad / norm * min(norm, limit)", "zeros",
   "You divide by the norm even where it is 0, which gives NaN: divide only where it is above the limit.")
of("clip_keeps_an_axis", "scale * grad", "scale * grad[None]", "shapes",
   "Each of your gradients has an axis of length one in front: it keeps the shape that it had.")
of("clip_in_place", "return {name: scale * grad for name, grad in grads.items()}",
   "for grad in grads.values():\n        grad *= scale\n    return grads", "pure",
   "You scale the caller's arrays: return a new dict of new arrays.")

# ── powers ─────────────────────────────────────────────────────────────────────────────────────

of = edits(gradient_through_time)
LENGTH = "np.linalg.norm(power, ord=2)"

of("powers_spectral_radius", LENGTH, "np.abs(np.linalg.eigvals(power)).max()", "values transient",
   "You take the largest eigenvalue: the spectral norm is the largest singular value, and may be larger.")
of("powers_frobenius", LENGTH, "np.linalg.norm(power)", "values turning",
   "np.linalg.norm without ord is the Frobenius norm: the spectral norm has ord=2.")
of("powers_of_the_norm", LENGTH, "np.linalg.norm(Wh, ord=2) ** (len(norms) + 1)", "values transient",
   "You take powers of the norm of Wh, which is only a bound: take the norms of the powers.")
of("powers_column_sums", "ord=2", "ord=1", "values turning",
   "ord=1 gives the largest column sum: the spectral norm has ord=2.")
of("powers_smallest", "ord=2", "ord=-2", "values transient",
   "ord=-2 gives the smallest singular value: the spectral norm is the largest, ord=2.")
of("powers_squared", LENGTH, f"{LENGTH} ** 2", "values turning",
   "You return squares of the norms, the largest eigenvalues of WᵀW: take the root.")
of("powers_from_the_identity", f"power = power @ Wh\n        norms.append({LENGTH})",
   f"norms.append({LENGTH})\n        power = power @ Wh", "values turning",
   "Your norms begin with that of the identity: the first one is that of Wh.")
of("powers_one_for_all", "power @ Wh", "Wh", "values turning",
   "All your norms are that of Wh: multiply on, so that the second one is that of Wh².")
of("powers_of_the_entries", "power @ Wh", "Wh ** (len(norms) + 1)", "values turning",
   "You raise each entry to the power: powers of a matrix are products, Wh @ Wh.")
of("powers_doubled", "power @ Wh", "Wh if not norms else power @ power", "values turning",
   "You square at each step, which gives Wh, Wh², Wh⁴, …: multiply by Wh once a step.")
of("powers_last_alone", "np.array(norms)", "norms[-1]", "values turning",
   "You return the norm of the last power alone: return those of all T powers.")
of("powers_logarithms", "np.array(norms)", "np.log(norms)", "values turning",
   "You return logarithms of the norms: return the norms.")
of("powers_one_more", "range(T)", "range(T + 1)", "values turning",
   "You return T + 1 norms: there are T, those of Wh to its T-th power.")
of("powers_column", "np.array(norms)", "np.array(norms)[:, None]", "shape",
   "Your norms have the shape (T, 1): they are (T,).")
of("powers_in_place", "return np.array(norms)", "Wh[...] = power\n    return np.array(norms)", "pure",
   "You keep the power in Wh, and the caller still needs the weights: keep it in an array of your own.")

# ── where values fork ──────────────────────────────────────────────────────────────────────────

of = edits(multiscale_forward)

of("scales_input_missing", 'x @ params["V0"] + ', "", "values",
   "The input does not reach your scores: add x @ V0.")
of("scales_first_missing", 'h1 @ params["V1"] + ', "", "values",
   "h1 does not reach your scores: add h1 @ V1.")
of("scales_second_missing", 'h2 @ params["V2"] + ', "", "values",
   "h2 does not reach your scores: add h2 @ V2.")
of("scales_c_forgotten", ' + params["c"]', "", "values",
   "You never add c to the scores.")
of("scales_b1_forgotten", ' + params["b1"]', "", "values",
   "You never add b1: h1 is relu(x W1 + b1).")
of("scales_b2_forgotten", ' + params["b2"]', "", "values",
   "You never add b2: h2 is relu(h1 W2 + b2).")
of("scales_first_linear", 'np.maximum(x @ params["W1"] + params["b1"], 0)', 'x @ params["W1"] + params["b1"]', "values",
   "Your h1 has no ReLU.")
of("scales_second_linear", 'np.maximum(h1 @ params["W2"] + params["b2"], 0)', 'h1 @ params["W2"] + params["b2"]',
   "values", "Your h2 has no ReLU.")
of("scales_first_tanh", 'np.maximum(x @ params["W1"] + params["b1"], 0)', 'np.tanh(x @ params["W1"] + params["b1"])',
   "values", "Your h1 goes through tanh: it is relu(x W1 + b1).")
of("scales_scores_rectified", "return s,", "return np.maximum(s, 0),", "values",
   "You put a ReLU on the scores: they are a plain sum.")
of("scales_squeezed", "return s,", "return s.squeeze(),", "shape",
   "Your s has lost its axes of length one: it is (N, M) even where one of them is 1.")
of("scales_params_written", "return s,", 'params["h1"] = h1\n    return s,', "pure",
   "You keep a hidden layer in params, which belongs to the caller: keep it in the cache.")

of = edits(multiscale_backward)
FORK = '(ds @ params["V1"].T + da2 @ params["W2"].T) * (h1 > 0)'

of("fork_h1_through_h2_alone", 'ds @ params["V1"].T + da2', "da2", "gradients dx",
   "h1 goes into the scores, too: add ds V1ᵀ to what comes back from h2.")
of("fork_h1_direct_alone", ' + da2 @ params["W2"].T', "", "gradients dx",
   "h1 goes into h2, too: add what comes back from h2 to ds V1ᵀ.")
of("fork_dx_direct_alone", ' + da1 @ params["W1"].T', "", "gradients dx",
   "Your dx is the direct way back alone: x goes into h1, too, so add da1 W1ᵀ.")
of("fork_dx_through_h1_alone", 'ds @ params["V0"].T + ', "", "gradients dx",
   "Your dx lacks the direct way back: x goes into the scores, too, so add ds V0ᵀ.")
of("fork_added_behind_the_mask", FORK, 'ds @ params["V1"].T + (da2 @ params["W2"].T) * (h1 > 0)', "gradients dx",
   "You mask one of the two gradients of h1: add them first, then mask their sum.")
of("fork_direct_masked_alone", FORK, '(ds @ params["V1"].T) * (h1 > 0) + da2 @ params["W2"].T', "gradients dx",
   "You mask the direct gradient of h1 alone: add both first, then mask their sum.")
of("fork_averaged", FORK, f"{FORK} / 2", "gradients dx",
   "You average the two gradients of h1: where a value forks, gradients add.")
of("fork_multiplied", 'params["V1"].T + da2 @ params["W2"].T', 'params["V1"].T * (da2 @ params["W2"].T)',
   "gradients dx", "You multiply the two gradients of h1: where a value forks, gradients add.")
of("fork_second_mask_missing", " * (h2 > 0)", "", "gradients dx consistent",
   "Gradients pass where h2 was cut off: multiply by the mask h2 > 0.")
of("fork_first_mask_missing", " * (h1 > 0)", "", "gradients dx",
   "Gradients pass where h1 was cut off: multiply by the mask h1 > 0.")
of("fork_weights_averaged", "return dx, grads", "return dx, {name: grad / len(x) for name, grad in grads.items()}",
   "gradients", "You divide the gradients of the parameters by N: ds already carries any 1/N.")
of("fork_b1_averaged", "da1.sum(axis=0)", "da1.mean(axis=0)", "gradients",
   "Your gradient of b1 is a mean over the batch: sum over it.")
of("fork_b2_averaged", "da2.sum(axis=0)", "da2.mean(axis=0)", "gradients",
   "Your gradient of b2 is a mean over the batch: sum over it.")
of("fork_c_averaged", "ds.sum(axis=0)", "ds.mean(axis=0)", "gradients",
   "Your gradient of c is a mean over the batch: sum over it.")
of("fork_dx_halved", "return dx, grads", "return dx / 2, grads", "gradients dx",
   "You average the two ways back to x: gradients add where a value forks.")
of("fork_c_keeps_axis", "ds.sum(axis=0)", "ds.sum(axis=0, keepdims=True)", "shapes",
   "Your gradient of c has the shape (1, M) where c has (M,): sum without keepdims.")
of("fork_cache_overwritten", "return dx, grads", "h1[...] = da1\n    return dx, grads", "pure",
   "You write into the cached h1, so a second call finds another one: make a new array.")
