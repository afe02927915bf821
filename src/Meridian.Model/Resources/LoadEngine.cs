namespace Meridian.Model.Resources;

/// <summary>A program whose metrics Meridian knows.</summary>
public enum LoadEngine
{
    /// <summary>vLLM, also before it renamed its cache's use in 0.9.</summary>
    Vllm,

    /// <summary>SGLang with <c>--enable-metrics</c>.</summary>
    Sglang,

    /// <summary>Hugging Face Text Generation Inference.</summary>
    Tgi,

    /// <summary>NVIDIA Triton, with or without the TensorRT-LLM backend.</summary>
    Triton,

    /// <summary>TensorRT-LLM's own server.</summary>
    TrtLlm,

    /// <summary>Ray Serve.</summary>
    RayServe,

    /// <summary>The endpoint picker of llm-d, which speaks for a whole cluster.</summary>
    LlmD,

    /// <summary>NVIDIA's DCGM exporter: how busy the processors are, whoever uses them.</summary>
    Dcgm,
}
