using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>
/// The metrics of the engines that Meridian knows. Where a release renamed a metric, the new name comes before the old
/// one.
/// </summary>
public static class EngineMetrics
{
    /// <summary>The expressions of an engine.</summary>
    public static LoadMetrics Of(LoadEngine engine) => engine switch
    {
        // `gpu_cache_usage_perc` until 0.9.
        LoadEngine.Vllm => new LoadMetrics
        {
            Running = "vllm:num_requests_running",
            Waiting = "vllm:num_requests_waiting",
            Memory = "max(vllm:kv_cache_usage_perc) or max(vllm:gpu_cache_usage_perc)",
        },
        LoadEngine.Sglang => new LoadMetrics
        {
            Running = "sglang:num_running_reqs",
            Waiting = "sglang:num_queue_reqs",
            Memory = "max(sglang:token_usage)",
        },
        LoadEngine.Tgi => new LoadMetrics { Running = "tgi_batch_current_size", Waiting = "tgi_queue_size" },

        // Triton itself counts finished runs; only its TensorRT-LLM backend has a gauge of running requests.
        LoadEngine.Triton => new LoadMetrics
        {
            Running = "nv_trt_llm_request_metrics{request_type=\"scheduled\"}",
            Waiting = "nv_trt_llm_request_metrics{request_type=\"waiting\"} or nv_inference_pending_request_count",
            Memory = "max(nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=\"fraction\"})",
        },
        LoadEngine.TrtLlm => new LoadMetrics
        {
            Running = "trtllm_num_requests_running",
            Waiting = "trtllm_num_requests_waiting",
            Memory = "max(trtllm_kv_cache_utilization)",
        },
        LoadEngine.RayServe => new LoadMetrics
        {
            Running = "ray_serve_replica_processing_queries or ray_serve_num_ongoing_requests_at_replicas",
            Waiting = "ray_serve_deployment_queued_queries",
        },

        // These are averages over the endpoints that are ready.
        LoadEngine.LlmD => new LoadMetrics
        {
            Running = "max(llm_d_epp_average_running_requests) * max(llm_d_epp_ready_endpoints)",
            Waiting = "max(llm_d_epp_average_queue_size) * max(llm_d_epp_ready_endpoints)",
            Memory = "max(llm_d_epp_average_kv_cache_utilization)",
        },

        // The profiling metric says how much of the processor is busy; the old one is 100 as soon as any kernel runs.
        LoadEngine.Dcgm =>
            new LoadMetrics { Utilisation = "avg(DCGM_FI_PROF_GR_ENGINE_ACTIVE) or avg(DCGM_FI_DEV_GPU_UTIL) / 100" },
    };
}
