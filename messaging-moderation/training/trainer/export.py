"""From the trained student to the model's three files."""

import hashlib
import json
import pathlib

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper
import onnxruntime
import torch

from .flags import FLAGS, STRUCTURAL
from .network import Encoder

NAME = "messaging-moderation"


def rounded_weights(network: Encoder) -> None:
    """Gives the network the weights that its file will hold: a matrix in steps of a 127th of each of
    its columns' greatest. The thresholds are then set on what is shipped."""
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.dim() == 2 and weight.numel() > 2048 and not name.startswith("places."):
                # A linear layer's weight is stored output x input; its columns are the outputs.
                scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
                weight.copy_((weight / scale).round() * scale)


def quantised(model: onnx.ModelProto) -> onnx.ModelProto:
    """Stores matrices as int8 with a scale a column (the embedding: a row). They become numbers again
    inside the graph: by operators that every runtime folds away when it loads, or, for the embedding,
    only for the rows that a text needs."""
    graph = model.graph
    held = {tensor.name: tensor for tensor in graph.initializer}
    before, after = [], []
    for tensor in list(graph.initializer):
        values = onnx.numpy_helper.to_array(tensor)
        if values.ndim != 2 or values.size <= 2048 or values.dtype != np.float32:
            continue
        gathers = [node for node in graph.node if node.op_type == "Gather" and node.input[0] == tensor.name]
        if gathers:
            scale = np.maximum(np.abs(values).max(1, keepdims=True), 1e-8) / 127
        elif any(node.op_type == "MatMul" and tensor.name in node.input for node in graph.node):
            scale = np.maximum(np.abs(values).max(0, keepdims=True), 1e-8) / 127
        elif any(node.op_type == "Gemm" and tensor.name in node.input for node in graph.node):
            scale = np.maximum(np.abs(values).max(1, keepdims=True), 1e-8) / 127
        else:
            continue
        whole = np.round(values / scale).astype(np.int8)
        stem = tensor.name
        graph.initializer.remove(held[stem])
        graph.initializer.append(onnx.numpy_helper.from_array(whole, stem + "_i8"))
        graph.initializer.append(onnx.numpy_helper.from_array(scale.astype(np.float32), stem + "_scale"))
        if gathers:
            for number, node in enumerate(gathers):
                output, part = node.output[0], f"{stem}_{number}"
                node.input[0], node.output[0] = stem + "_i8", part + "_rows"
                place = list(graph.node).index(node) + 1
                for offset, extra in enumerate((
                    onnx.helper.make_node("Gather", [stem + "_scale", node.input[1]], [part + "_scales"], axis=0),
                    onnx.helper.make_node("Cast", [part + "_rows"], [part + "_cast"], to=onnx.TensorProto.FLOAT),
                    onnx.helper.make_node("Mul", [part + "_cast", part + "_scales"], [output]),
                )):
                    graph.node.insert(place + offset, extra)
        else:
            before.append(onnx.helper.make_node("Cast", [stem + "_i8"], [stem + "_cast"], to=onnx.TensorProto.FLOAT))
            before.append(onnx.helper.make_node("Mul", [stem + "_cast", stem + "_scale"], [stem]))
    for node in reversed(before):
        graph.node.insert(0, node)
    graph.node.extend(after)
    onnx.checker.check_model(model)
    return model


def write(student: Encoder, tokenizer: dict, out: pathlib.Path, version: str, longest: int, figures, sample) -> None:
    out.mkdir(parents=True, exist_ok=True)
    student.eval()
    rounded_weights(student)
    path = out / "model.onnx"
    torch.onnx.export(
        student, (torch.ones(1, 16, dtype=torch.long),), str(path), input_names=["input_ids"],
        output_names=["logits"], dynamic_axes={"input_ids": {1: "length"}}, opset_version=17, dynamo=False,
    )
    onnx.save(quantised(onnx.load(str(path))), str(path))
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), "utf-8")

    session = onnxruntime.InferenceSession(str(path))
    worst = 0.0
    with torch.no_grad():
        for row in sample:
            mine = student(torch.tensor([row])).numpy()
            theirs = session.run(None, {"input_ids": np.array([row])})[0]
            worst = max(worst, float(np.abs(mine - theirs).max()))
    print(f"ONNX Runtime differs from PyTorch by {worst:.1e} at most, on {len(sample)} texts")
    if worst > 1e-4:
        raise SystemExit("the exported network is another one")

    thresholds = figures(student)
    certainty = 1 / (1 + np.exp(-thresholds))
    digest = lambda name: hashlib.sha256((out / name).read_bytes()).hexdigest()
    manifest = [
        f'name = "{NAME}"', f'version = "{version}"', "",
        "[sha256]", f'network = "{digest("model.onnx")}"', f'tokenizer = "{digest("tokenizer.json")}"', "",
        "# How a long text is cut, in tokens.", "[window]", f"tokens = {longest}", "overlap = 24", "",
        "# How sure the model has to be of each flag. Flags of form are the rules' alone: above 1.", "[thresholds]",
    ]
    for place, flag in enumerate(FLAGS):
        value = 2.0 if flag in STRUCTURAL else round(float(certainty[place]), 4)
        manifest.append(f"{flag} = {value}")
    (out / "model.toml").write_text("\n".join(manifest) + "\n", "utf-8")
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
