"""Runs workloads on a GPU as PyTorch and Hugging Face's transformers and peft run them, and says what memory and time they took.

    node bench/gpu/fit-cases.ts > cases.json
    python3 bench/gpu/fit.py cases.json measured.json

Weights are random: what they are changes neither memory nor time, and nothing is downloaded. Each case runs in a process of its own; what was measured so
far is in the file after each. Bytes and seconds. Needs torch, transformers, peft and one NVIDIA GPU; `--tiny` tries the script itself on a CPU.
"""

import json
import subprocess
import sys
import time

TINY = "--tiny" in sys.argv
DEVICE = "cpu" if TINY else "cuda"
CHUNK_TOKENS = 8_192


def main(cases_file, out_file):
    cases = json.load(open(cases_file))
    results = []
    for case in cases:
        began = time.time()
        try:
            child = subprocess.run(
                [sys.executable, __file__, "--one", json.dumps(case)] + (["--tiny"] if TINY else []),
                capture_output=True, text=True, timeout=120,
            )
            last = child.stdout.strip().splitlines()[-1:] or ["{}"]
            measured = json.loads(last[0]) if child.returncode == 0 else {"error": child.stderr[-1_500:]}
        except subprocess.TimeoutExpired:
            measured = {"error": "took longer than 120 s"}
        asked = {key: value for key, value in case.items() if key != "shape"}
        results.append({**asked, **measured})
        print(json.dumps({**results[-1], "wall": round(time.time() - began, 1)}), flush=True)
        with open(out_file, "w") as file:
            json.dump({"machine": machine(), "results": results}, file, indent=1)
            file.write("\n")


def machine():
    import peft
    import torch
    import transformers

    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
    if TINY:
        return versions
    line = query("name,memory.total,driver_version")
    return {"gpu": line[0], "memoryMiB": int(line[1]), "driver": line[2], **versions}


def query(fields):
    words = ["nvidia-smi", "--query-gpu=" + fields, "--format=csv,noheader,nounits"]
    return [word.strip() for word in subprocess.check_output(words, text=True).splitlines()[0].split(",")]


def one(case):
    before = 0 if TINY else int(query("memory.used")[0]) * 2**20
    import torch

    torch.manual_seed(7)
    torch.backends.cuda.matmul.allow_tf32 = True
    work = generate if case["work"] == "inference" else train
    if not TINY:
        torch.cuda.init()
    said = work(torch, case)
    if not TINY:
        said["allocatedBytes"] = torch.cuda.max_memory_allocated()
        said["reservedBytes"] = torch.cuda.max_memory_reserved()
        # What the driver counts for this process beside what PyTorch keeps: the context, kernels, the work space of libraries.
        said["contextBytes"] = int(query("memory.used")[0]) * 2**20 - before - torch.cuda.memory_reserved()
    print(json.dumps(said))


def build(torch, case, dtype):
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    shape = dict(case["shape"])
    if TINY:
        shape.update(layers=2, hidden=64, heads=4, kvHeads=2, headDim=16, intermediate=128, vocab=256)
    common = dict(
        num_hidden_layers=shape["layers"], hidden_size=shape["hidden"], num_attention_heads=shape["heads"],
        num_key_value_heads=shape["kvHeads"], intermediate_size=shape["intermediate"], vocab_size=shape["vocab"],
        tie_word_embeddings=shape["tied"], max_position_embeddings=131_072,
        bos_token_id=1, eos_token_id=2, attn_implementation="sdpa",
    )
    if case["model"].startswith("qwen2"):
        config, kind = Qwen2Config(**common), Qwen2ForCausalLM
    else:
        config, kind = LlamaConfig(head_dim=shape["headDim"], **common), LlamaForCausalLM
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    with torch.device(DEVICE):
        model = kind(config)
    torch.set_default_dtype(before)
    count = sum(one.numel() for one in model.parameters())
    if not TINY:
        assert count == shape["params"], f"{count} parameters, the table says {shape['params']}"
        # Drawing random weights takes more than keeping them.
        torch.cuda.reset_peak_memory_stats()
    return model, config


def sync(torch):
    if not TINY:
        torch.cuda.synchronize()


def generate(torch, case):
    """Reads a prompt that leaves room for the answer, 8,192 tokens at a time, then generates."""
    from transformers import StaticCache

    dtype = torch.float32 if case["precision"] == "fp32" else torch.bfloat16
    model, config = build(torch, case, dtype)
    model.eval()
    context, batch = (64, 2) if TINY else (case["contextTokens"], case["batch"])
    steps, warm = (8, 2) if TINY else (64, 8)
    prompt = context - steps - warm
    cache = StaticCache(config=config, max_cache_len=context)
    words = torch.randint(3, config.vocab_size, (batch, prompt), device=DEVICE)
    chunk = max(1, CHUNK_TOKENS // batch)
    with torch.inference_mode():
        # Once over a few words, so that no library is set up while it is timed.
        model(input_ids=words[:, :16], use_cache=False, logits_to_keep=1)
        sync(torch)
        began = time.perf_counter()
        for at in range(0, prompt, chunk):
            end = min(prompt, at + chunk)
            places = torch.arange(at, end, device=DEVICE)[None]
            out = model(
                input_ids=words[:, at:end], position_ids=places, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
        sync(torch)
        reading = time.perf_counter() - began
        word = out.logits[:, -1:].argmax(-1)
        place = torch.full((1, 1), prompt, device=DEVICE)
        seen = (torch.arange(context, device=DEVICE) <= prompt)[None, None, None].expand(batch, 1, 1, context).clone()

        def step():
            logits = model(
                input_ids=word, position_ids=place, attention_mask=seen, past_key_values=cache, use_cache=True
            ).logits
            word.copy_(logits[:, -1:].argmax(-1))
            place.add_(1)
            seen.logical_or_(torch.arange(context, device=DEVICE) <= place)

        how, again = "eager", step
        for _ in range(3):
            step()
        if not TINY:
            try:
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph):
                    step()
                how, again = "CUDA graph", graph.replay
            except Exception as error:  # Says so, and is timed without one.
                how = f"eager ({type(error).__name__}: {str(error)[:200]})"
        for _ in range(warm - 4):
            again()
        sync(torch)
        began = time.perf_counter()
        for _ in range(steps - 1):
            again()
        sync(torch)
        stepping = (time.perf_counter() - began) / (steps - 1)
    return {
        "readTokensPerSecond": round(batch * prompt / reading, 1),
        "stepSeconds": round(stepping, 6),
        "decoding": how,
    }


def train(torch, case):
    """Three steps with gradient checkpointing; time is that of the last two."""
    full = case["work"] == "full"
    autocast = case["how"] == "autocast"
    model, config = build(torch, case, torch.float32 if full and autocast else torch.bfloat16)
    if not full:
        from peft import LoraConfig, get_peft_model

        model = get_peft_model(
            model, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
        )
    model.train()
    model.config.use_cache = False
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    trained = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-5, fused=not TINY) if autocast else Copies(torch, trained)
    context, batch = (32, 2) if TINY else (case["contextTokens"], case["batch"])
    words = torch.randint(3, config.vocab_size, (batch, context), device=DEVICE)
    times = []
    for _ in range(3):
        sync(torch)
        began = time.perf_counter()
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=autocast):
            loss = model(input_ids=words, labels=words).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        sync(torch)
        times.append(time.perf_counter() - began)
    return {
        "trainedParameters": sum(one.numel() for one in trained),
        "tokensPerSecond": round(2 * batch * context / sum(times[1:]), 1),
    }


class Copies:
    """Adam over 16-bit weights and gradients with 32-bit copies and moments: 2 + 2 + 4 + 4 + 4 bytes a parameter, as the ZeRO paper counts."""

    def __init__(self, torch, weights):
        self.torch, self.weights, self.turn = torch, weights, 0
        self.copies = [one.detach().float() for one in weights]
        self.first = [torch.zeros_like(one) for one in self.copies]
        self.second = [torch.zeros_like(one) for one in self.copies]

    def step(self, rate=1e-5, a=0.9, b=0.999):
        self.turn += 1
        with self.torch.no_grad():
            for weight, copy, first, second in zip(self.weights, self.copies, self.first, self.second):
                gradient = weight.grad.float()
                first.lerp_(gradient, 1 - a)
                second.mul_(b).addcmul_(gradient, gradient, value=1 - b)
                gradient.copy_(second).div_(1 - b**self.turn).sqrt_().add_(1e-8)
                copy.addcdiv_(first, gradient, value=-rate / (1 - a**self.turn))
                weight.copy_(copy)

    def zero_grad(self, set_to_none=True):
        for weight in self.weights:
            weight.grad = None


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(json.loads(sys.argv[sys.argv.index("--one") + 1]))
    else:
        main(sys.argv[1], sys.argv[2])
