using System.Text;
using Meridian.Load.Scraping;
using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Tests.Scraping;

/// <summary>Metrics as the engines write them, their older names too.</summary>
public sealed class EngineMetricsTests
{
    [Fact]
    public void VLLM_with_two_engines_old_and_new()
    {
        const string text = """
            vllm:num_requests_running{engine="0",model_name="m"} 3.0
            vllm:num_requests_running{engine="1",model_name="m"} 4.0
            vllm:num_requests_waiting{engine="0",model_name="m"} 1.0
            vllm:num_requests_waiting{engine="1",model_name="m"} 0.0
            vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
            vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.5
            """;
        Says(LoadEngine.Vllm, text, 7, 1, 0.5, null);
        Says(LoadEngine.Vllm, text.Replace("kv_cache", "gpu_cache", StringComparison.Ordinal), 7, 1, 0.5, null);
    }

    [Fact]
    public void SGLang() =>
        Says(LoadEngine.Sglang, "sglang:num_running_reqs{model_name=\"m\"} 12.0\n" +
            "sglang:num_queue_reqs{model_name=\"m\"} 2\nsglang:token_usage{model_name=\"m\"} " +
            "0.28\n", 12, 2, 0.28, null);

    [Fact]
    public void TGI() => Says(LoadEngine.Tgi, "tgi_batch_current_size 5\ntgi_queue_size 9\n", 5, 9, null, null);

    [Fact]
    public void Triton_alone_and_with_TensorRT_LLM()
    {
        Says(LoadEngine.Triton, "nv_inference_pending_request_count{model=\"a\",version=\"1\"} 2\n" +
            "nv_inference_pending_request_count{model=\"b\",version=\"1\"} 1\n", null, 3, null, null);
        Says(LoadEngine.Triton, """
            nv_trt_llm_request_metrics{model="t",request_type="waiting",version="1"} 4
            nv_trt_llm_request_metrics{model="t",request_type="scheduled",version="1"} 8
            nv_trt_llm_request_metrics{model="t",request_type="max",version="1"} 512
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="t",version="1"} 0.4
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="t",version="1"} 64
            nv_inference_pending_request_count{model="t",version="1"} 99
            """, 8, 4, 0.4, null);
    }

    [Fact]
    public void TensorRT_LLM() =>
        Says(LoadEngine.TrtLlm, "trtllm_num_requests_running 1\ntrtllm_num_requests_waiting 0\n" +
            "trtllm_kv_cache_utilization 0.1\n", 1, 0, 0.1, null);

    [Fact]
    public void Ray_Serve_old_and_new()
    {
        Says(LoadEngine.RayServe,
            "ray_serve_replica_processing_queries{deployment=\"d\",replica=\"x\"} 2\n" +
            "ray_serve_replica_processing_queries{deployment=\"d\",replica=\"y\"} 3\n" +
            "ray_serve_deployment_queued_queries{deployment=\"d\"} 1\n", 5, 1, null, null);
        Says(LoadEngine.RayServe, "ray_serve_num_ongoing_requests_at_replicas{deployment=\"d\"} 6\n", 6, null, null,
            null);
    }

    [Fact]
    public void A_cluster_of_llm_d() => Says(LoadEngine.LlmD,
        "llm_d_epp_average_running_requests{name=\"p\"} 2.5\nllm_d_epp_average_queue_size{name=\"p\"} 0.5\n" +
        "llm_d_epp_average_kv_cache_utilization{name=\"p\"} 0.3\nllm_d_epp_ready_endpoints{name=\"p\"} 4\n",
        10, 2, 0.3, null);

    [Fact]
    public void DCGM_by_profiling_or_by_the_old_metric()
    {
        Says(LoadEngine.Dcgm, "DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu=\"0\"} 0.5\n" +
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu=\"1\"} 0.7\nDCGM_FI_DEV_GPU_UTIL{gpu=\"0\"} " +
            "100\n", null, null, null, 0.6);
        Says(LoadEngine.Dcgm, "DCGM_FI_DEV_GPU_UTIL{gpu=\"0\"} 100\nDCGM_FI_DEV_GPU_UTIL{gpu=\"1\"} 50\n", null, null,
            null, 0.75);
    }

    [Fact]
    public void Own_names_take_the_place_of_the_engines()
    {
        var reading = new LoadReading(new LoadScrape
        {
            Engine = LoadEngine.Vllm,
            Metrics = new LoadMetrics { Running = "sum(busy{model=~\"a|b\"}) / 2" },
        });
        var figure = reading.Of(ExpositionReader.Read(
            "busy{model=\"a\"} 4\nbusy{model=\"b\"} 2\nbusy{model=\"c\"} 9\nvllm:num_requests_waiting 1\n"u8,
            reading.Names), default)!;
        Assert.Equal((3, 1), (figure.Running, figure.Waiting));
    }

    [Fact]
    public void Every_own_name_takes_the_place_of_the_engine_s()
    {
        var reading = new LoadReading(new LoadScrape
        {
            Engine = LoadEngine.Vllm,
            Metrics = new LoadMetrics { Running = "r", Waiting = "w", Memory = "m", Utilisation = "u" },
        });
        Assert.Equal(["m", "r", "u", "w"], reading.Names.Order());
        var figure = reading.Of(ExpositionReader.Read("r 1\nw 2\nm 0.3\nu 0.4\n"u8, reading.Names), default)!;
        Assert.Equal((1, 2, 0.3, 0.4), (figure.Running, figure.Waiting, figure.Memory, figure.Given));
    }

    [Fact]
    public void Metrics_of_something_else_say_nothing()
    {
        foreach (var engine in Enum.GetValues<LoadEngine>())
        {
            var reading = new LoadReading(new LoadScrape { Engine = engine });
            Assert.Null(reading.Of(ExpositionReader.Read("up 1\n"u8, reading.Names), default));
        }
    }

    private static void Says(LoadEngine engine, string text, double? running, double? waiting, double? memory,
        double? given)
    {
        var reading = new LoadReading(new LoadScrape { Engine = engine });
        var figure = reading.Of(ExpositionReader.Read(Encoding.UTF8.GetBytes(text), reading.Names),
            DateTimeOffset.UnixEpoch)!;
        Assert.Equal((running, waiting, memory), (figure.Running, figure.Waiting, figure.Memory));
        Assert.Equal(given ?? -1, figure.Given ?? -1, 6);
        Assert.Equal(LoadSource.Scrape, figure.Source);
    }
}
