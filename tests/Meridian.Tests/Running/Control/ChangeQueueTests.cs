using Meridian.Running.Control;

namespace Meridian.Tests.Running.Control;

public sealed class ChangeQueueTests
{
    private readonly ChangeQueue _queue = new();

    [Fact]
    public void Changes_come_in_their_order_and_together()
    {
        Add("a", "b", "c");
        Assert.Equal(["a", "b", "c"], Next());
        Assert.Empty(Next());
    }

    [Fact]
    public void A_batch_is_bounded()
    {
        Add([.. Enumerable.Range(0, ChangeQueue.MaxBatch + 1).Select(i => $"{i}")]);
        Assert.Equal(ChangeQueue.MaxBatch, Next().Length);
        Assert.Equal([$"{ChangeQueue.MaxBatch}"], Next());
    }

    [Fact]
    public void What_is_returned_comes_first_in_its_order()
    {
        Add("a", "b");
        var batch = _queue.Next();
        Add("c");
        _queue.Return(batch);
        Assert.Equal(["a", "b", "c"], Next());
    }

    [Fact]
    public void What_must_be_alone_is()
    {
        Add("a", "b", "c");
        var batch = _queue.Next();
        batch[1].IsAlone = true;
        _queue.Return(batch);
        Assert.Equal(["a"], Next());
        Assert.Equal(["b"], Next());
        Assert.Equal(["c"], Next());
    }

    private void Add(params string[] names)
    {
        foreach (var name in names)
            _queue.Add(new PendingChange(new Change(name, inputs => inputs)));
    }

    private string[] Next() => [.. _queue.Next().Select(p => p.Change.Name)];
}
