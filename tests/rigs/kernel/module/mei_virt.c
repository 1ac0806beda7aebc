// SPDX-License-Identifier: GPL-2.0
/*
 * mei_virt - a virtual MEI hardware backend whose firmware is a userspace process
 *
 *   application --- /dev/mei0 --- mei.ko (the real one) --- mei_virt.ko --- /dev/mei_fw --- agent --- simulator
 *
 * Everything above struct mei_hw_ops is the distribution's unmodified mei core: the character
 * device, the ioctls, HBM, flow control, the client bus, sysfs, mei_wdt ...  This module replaces
 * only what mei-me.ko does with registers: two circular buffers, the ready bits and the interrupt.
 *
 * Model of the "silicon":
 *   host buffer  (host -> fw): list of whole messages, bounded to MV_SLOTS dwords. As on ME, the
 *                              host owns it again only once the firmware has emptied it, which
 *                              raises an interrupt.
 *   read FIFO    (fw -> host): ring of dwords; a firmware write() blocks while it does not fit.
 *   H_RDY/ME_RDY:              host_ready / fw_ready.
 *   interrupt:                 a work item on an ordered queue, with the device_lock held, like
 *                              the threaded half of a real MEI interrupt.
 *
 * Life cycle:
 *   insmod                     /dev/mei_fw appears, no /dev/meiN yet
 *   /dev/mei_fw is opened      the mei device is started, and registered when the link is up
 *   /dev/mei_fw is closed      the firmware is dead: link reset, failed resets, DISABLED
 *   it is opened again         mei_restart(): same /dev/meiN comes back
 *   rmmod                      mei_stop() + mei_deregister()
 *
 * The parent is QEMU's pci-testdev (1b36:0005), which is nothing but a struct pci_dev and a place in
 * the PCI tree: `-device pci-testdev,addr=0x16` gives the usual 0000:00:16.0. One is served.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/* private headers of the mei core, from linux-source of the very same kernel version */
#include "mei_dev.h"
#include "client.h"

#include "mei_virt.h"

#define MV_PCI_DEVICE_ID 0x51e0		/* an Alder Lake */
#define MV_SLOTS 128			/* depth of each direction's buffer in dwords */

struct mv_rec {				/* a message on its way to the firmware */
	struct list_head list;
	u32 slots;			/* dwords of host buffer it occupies */
	u32 len;
	u8 data[];
};

struct mv_dev {
	struct kref ref;		/* one by the driver, one by an open /dev/mei_fw */
	struct mei_device *mei;
	struct miscdevice misc;
	struct workqueue_struct *wq;
	struct work_struct irq_work;
	struct work_struct online_work;
	bool started;			/* mei_start() has been called: the work items are live */
	bool registered;

	spinlock_t lock;		/* everything below */
	wait_queue_head_t wait;		/* the simulator, in either direction */
	bool gone;			/* driver unbound */
	bool fw_open;
	bool fw_ready, host_ready, intr_on;
	u32 reset_seq;			/* number of the last reset */
	bool reset_unsent;		/* ... which the firmware has not been told of */
	bool reset_pending;		/* ... which it has not answered */
	struct list_head tx;
	u32 tx_slots;			/* dwords of the host buffer in use */
	u32 rx[MV_SLOTS];
	u32 rx_rd, rx_cnt;
	u32 fw_sts[MEI_FW_STATUS_MAX];
	u32 fw_sts_cnt;
};

/* the private area at the tail of struct mei_device just points back to us */
static inline struct mv_dev *to_mv(const struct mei_device *mei)
{
	return *(struct mv_dev **)mei->hw;
}

static void mv_free(struct kref *ref)
{
	struct mv_dev *mv = container_of(ref, struct mv_dev, ref);
	struct mv_rec *rec, *tmp;

	list_for_each_entry_safe(rec, tmp, &mv->tx, list)
		kfree(rec);
	kfree(mv);
}

static inline void mv_kick(struct mv_dev *mv)
{
	queue_work(mv->wq, &mv->irq_work);
}

/* ---- towards the firmware ------------------------------------------------------------------ */

static void mv_tx_purge_locked(struct mv_dev *mv)
{
	struct mv_rec *rec, *tmp;

	list_for_each_entry_safe(rec, tmp, &mv->tx, list) {
		list_del(&rec->list);
		kfree(rec);
	}
	mv->tx_slots = 0;
}

/* Announce the current reset number; what was on its way before it is void. */
static void mv_tx_reset_locked(struct mv_dev *mv)
{
	mv_tx_purge_locked(mv);
	mv->reset_unsent = true;
	wake_up_interruptible(&mv->wait);
}

static bool mv_tx_any(struct mv_dev *mv)
{
	return mv->reset_unsent || !list_empty(&mv->tx);
}

/* ---- struct mei_hw_ops ---------------------------------------------------------------------- */

static bool mv_host_is_ready(struct mei_device *mei)
{
	return READ_ONCE(to_mv(mei)->host_ready);
}

static bool mv_hw_is_ready(struct mei_device *mei)
{
	return READ_ONCE(to_mv(mei)->fw_ready);
}

/* called with device_lock held */
static int mv_hw_reset(struct mei_device *mei, bool intr_enable)
{
	struct mv_dev *mv = to_mv(mei);

	mei->recvd_hw_ready = false;
	mei->hbuf_is_ready = false;

	spin_lock(&mv->lock);
	mv->fw_ready = false;
	mv->host_ready = false;
	mv->intr_on = intr_enable;
	mv->rx_rd = 0;
	mv->rx_cnt = 0;
	mv->reset_seq++;
	mv->reset_pending = true;
	mv_tx_reset_locked(mv);
	spin_unlock(&mv->lock);
	return 0;
}

/* called with device_lock held; it has to be dropped for the interrupt work to get through */
static int mv_hw_start(struct mei_device *mei)
{
	struct mv_dev *mv = to_mv(mei);

	mutex_unlock(&mei->device_lock);
	wait_event_timeout(mei->wait_hw_ready, mei->recvd_hw_ready, mei->timeouts.hw_ready);
	mutex_lock(&mei->device_lock);

	if (!mei->recvd_hw_ready) {
		dev_err(mei->dev, "firmware did not become ready\n");
		return -ETIME;
	}
	mei->recvd_hw_ready = false;

	spin_lock(&mv->lock);
	mv->host_ready = true;
	mv->intr_on = true;
	spin_unlock(&mv->lock);
	return 0;
}

static int mv_hw_config(struct mei_device *mei)
{
	return 0;
}

static int mv_fw_status(struct mei_device *mei, struct mei_fw_status *st)
{
	struct mv_dev *mv = to_mv(mei);

	if (!st)
		return -EINVAL;
	spin_lock(&mv->lock);
	st->count = mv->fw_sts_cnt;
	memcpy(st->status, mv->fw_sts, sizeof(st->status));
	spin_unlock(&mv->lock);
	return 0;
}

static enum mei_pg_state mv_pg_state(struct mei_device *mei)
{
	return MEI_PG_OFF;
}

static bool mv_pg_no(struct mei_device *mei)
{
	return false;
}

static void mv_intr_clear(struct mei_device *mei)
{
}

static void mv_intr_enable(struct mei_device *mei)
{
	struct mv_dev *mv = to_mv(mei);

	spin_lock(&mv->lock);
	mv->intr_on = true;
	spin_unlock(&mv->lock);
	mv_kick(mv);
}

static void mv_intr_disable(struct mei_device *mei)
{
	struct mv_dev *mv = to_mv(mei);

	spin_lock(&mv->lock);
	mv->intr_on = false;
	spin_unlock(&mv->lock);
}

/* the core calls this without device_lock, so waiting for the work cannot deadlock */
static void mv_synchronize_irq(struct mei_device *mei)
{
	flush_work(&to_mv(mei)->irq_work);
}

static u32 mv_hbuf_depth(const struct mei_device *mei)
{
	return MV_SLOTS;
}

static int mv_hbuf_free_slots(struct mei_device *mei)
{
	struct mv_dev *mv = to_mv(mei);
	int n;

	spin_lock(&mv->lock);
	n = MV_SLOTS - mv->tx_slots;
	spin_unlock(&mv->lock);
	return n;
}

/* as on ME: the buffer is the host's again when the firmware has emptied it */
static bool mv_hbuf_is_ready(struct mei_device *mei)
{
	return mv_hbuf_free_slots(mei) == MV_SLOTS;
}

static int mv_write(struct mei_device *mei, const void *hdr, size_t hdr_len,
		    const void *data, size_t data_len)
{
	struct mv_dev *mv = to_mv(mei);
	u32 need = mei_data2slots(hdr_len + data_len);
	struct mv_rec *rec;
	int ret = 0;

	if (WARN_ON(!hdr || hdr_len < 4 || hdr_len & 3 || (data_len && !data)))
		return -EINVAL;
	rec = kmalloc(sizeof(*rec) + hdr_len + data_len, GFP_KERNEL);
	if (!rec)
		return -ENOMEM;
	rec->slots = need;
	rec->len = hdr_len + data_len;
	memcpy(rec->data, hdr, hdr_len);
	memcpy(rec->data + hdr_len, data, data_len);

	spin_lock(&mv->lock);
	if (!mv->fw_ready) {
		ret = -EIO;
	} else if (need > MV_SLOTS - mv->tx_slots) {
		ret = -EMSGSIZE;
	} else {
		mv->tx_slots += need;
		list_add_tail(&rec->list, &mv->tx);
		wake_up_interruptible(&mv->wait);
	}
	spin_unlock(&mv->lock);
	if (ret)
		kfree(rec);
	return ret;
}

static int mv_rdbuf_full_slots(struct mei_device *mei)
{
	struct mv_dev *mv = to_mv(mei);
	int n;

	spin_lock(&mv->lock);
	n = mv->rx_cnt;
	spin_unlock(&mv->lock);
	return n;
}

static u32 mv_pop_locked(struct mv_dev *mv)
{
	u32 v;

	if (!mv->rx_cnt)
		return 0;	/* the core takes a header of 0 as corrupt and resets the link */
	v = mv->rx[mv->rx_rd];
	mv->rx_rd = (mv->rx_rd + 1) % MV_SLOTS;
	mv->rx_cnt--;
	return v;
}

static u32 mv_read_hdr(const struct mei_device *mei)
{
	struct mv_dev *mv = to_mv(mei);
	u32 v;

	spin_lock(&mv->lock);
	v = mv_pop_locked(mv);
	spin_unlock(&mv->lock);
	wake_up_interruptible(&mv->wait);
	return v;
}

static int mv_read(struct mei_device *mei, unsigned char *buf, unsigned long len)
{
	struct mv_dev *mv = to_mv(mei);

	spin_lock(&mv->lock);
	while (len) {
		u32 v = mv_pop_locked(mv);
		size_t n = min_t(size_t, len, sizeof(v));

		memcpy(buf, &v, n);
		buf += n;
		len -= n;
	}
	spin_unlock(&mv->lock);
	wake_up_interruptible(&mv->wait);
	return 0;
}

static const struct mei_hw_ops mv_hw_ops = {
	.host_is_ready = mv_host_is_ready,
	.hw_is_ready = mv_hw_is_ready,
	.hw_reset = mv_hw_reset,
	.hw_start = mv_hw_start,
	.hw_config = mv_hw_config,
	.fw_status = mv_fw_status,
	/* .trc_status stays NULL: sysfs `trc` then reads as "not supported" */
	.pg_state = mv_pg_state,
	.pg_in_transition = mv_pg_no,
	.pg_is_enabled = mv_pg_no,
	.intr_clear = mv_intr_clear,
	.intr_enable = mv_intr_enable,
	.intr_disable = mv_intr_disable,
	.synchronize_irq = mv_synchronize_irq,
	.hbuf_free_slots = mv_hbuf_free_slots,
	.hbuf_is_ready = mv_hbuf_is_ready,
	.hbuf_depth = mv_hbuf_depth,
	.write = mv_write,
	.rdbuf_full_slots = mv_rdbuf_full_slots,
	.read_hdr = mv_read_hdr,
	.read = mv_read,
};

/* ---- the interrupt -------------------------------------------------------------------------- */

static void mv_irq(struct work_struct *work)
{
	struct mv_dev *mv = container_of(work, struct mv_dev, irq_work);
	struct mei_device *mei = mv->mei;
	LIST_HEAD(done);
	s32 n;
	int ret;

	mutex_lock(&mei->device_lock);

	if (!mv->started || !READ_ONCE(mv->intr_on))
		goto out;

	if (!mv_hw_is_ready(mei)) {
		/* not our own reset: the firmware went down by itself */
		if (mei->dev_state == MEI_DEV_POWERING_DOWN || mei->dev_state == MEI_DEV_POWER_DOWN)
			mei_cl_all_disconnect(mei);
		else if (mei->dev_state != MEI_DEV_RESETTING && mei->dev_state != MEI_DEV_DISABLED)
			schedule_work(&mei->reset_work);
		goto out;
	}

	if (!mv_host_is_ready(mei)) {
		/* the answer to our reset: let mv_hw_start() go on */
		mei->recvd_hw_ready = true;
		wake_up(&mei->wait_hw_ready);
		goto out;
	}

	n = mv_rdbuf_full_slots(mei);
	while (n > 0) {
		ret = mei_irq_read_handler(mei, &done, &n);
		if (ret == -ENODATA)	/* cannot be: messages enter the FIFO as a whole */
			break;
		if (ret) {
			dev_err(mei->dev, "read handler: %d, state %d\n", ret, mei->dev_state);
			if (mei->dev_state != MEI_DEV_RESETTING &&
			    mei->dev_state != MEI_DEV_DISABLED &&
			    mei->dev_state != MEI_DEV_POWERING_DOWN &&
			    mei->dev_state != MEI_DEV_POWER_DOWN)
				schedule_work(&mei->reset_work);
			goto out;
		}
	}

	mei->hbuf_is_ready = mv_hbuf_is_ready(mei);
	mei_irq_write_handler(mei, &done);
	mei->hbuf_is_ready = mv_hbuf_is_ready(mei);
	mei_irq_compl_handler(mei, &done);
out:
	mutex_unlock(&mei->device_lock);
}

/* ---- bring-up, once a simulator is there ------------------------------------------------------ */

static void mv_online(struct work_struct *work)
{
	struct mv_dev *mv = container_of(work, struct mv_dev, online_work);
	struct mei_device *mei = mv->mei;
	enum mei_dev_state state;
	int i, ret;

	if (!mv->registered) {
		mv->started = true;
		ret = mei_start(mei);
		if (ret) {
			dev_err(mei->dev, "mei_start: %d\n", ret);
			return;		/* the next open tries again */
		}
		ret = mei_register(mei, mei->dev);
		if (ret) {
			dev_err(mei->dev, "mei_register: %d\n", ret);
			mei_stop(mei);
			return;
		}
		mv->registered = true;
		return;
	}

	/*
	 * A simulator came back. Either the core is still in its (self-repeating) reset work, then
	 * it will find the firmware ready now, or it has given up and wants to be restarted, or it
	 * is stuck: a reset done by mei_timer() that finds no firmware is not repeated, and leaves
	 * the device RESETTING for good. All that is the simulator's business only while it is there.
	 */
	for (i = 0; i < 300 && READ_ONCE(mv->fw_open) && !READ_ONCE(mv->gone); i++) {
		mutex_lock(&mei->device_lock);
		state = mei->dev_state;
		mutex_unlock(&mei->device_lock);
		if (state == MEI_DEV_DISABLED) {
			flush_work(&mei->reset_work);
			mei_restart(mei);
			return;
		}
		if (state == MEI_DEV_ENABLED)
			return;
		if (state == MEI_DEV_RESETTING && !work_busy(&mei->reset_work) &&
		    !work_busy(&mei->timer_work.work))
			schedule_work(&mei->reset_work);
		msleep(50);
	}
}

/* ---- /dev/mei_fw ----------------------------------------------------------------------------- */

static int mv_fw_open(struct inode *inode, struct file *file)
{
	struct mv_dev *mv = container_of(file->private_data, struct mv_dev, misc);
	int ret = 0;

	spin_lock(&mv->lock);
	if (mv->gone) {
		ret = -ENODEV;
	} else if (mv->fw_open) {
		ret = -EBUSY;		/* there is one firmware */
	} else {
		mv->fw_open = true;
		if (mv->reset_pending)	/* a reset is waiting for somebody to answer it */
			mv_tx_reset_locked(mv);
		kref_get(&mv->ref);
		queue_work(system_long_wq, &mv->online_work);
	}
	spin_unlock(&mv->lock);
	if (ret)
		return ret;
	file->private_data = mv;
	return stream_open(inode, file);
}

static int mv_fw_release(struct inode *inode, struct file *file)
{
	struct mv_dev *mv = file->private_data;

	spin_lock(&mv->lock);
	mv->fw_open = false;
	mv->fw_ready = false;
	if (!mv->gone)
		mv_kick(mv);
	spin_unlock(&mv->lock);
	kref_put(&mv->ref, mv_free);
	return 0;
}

static ssize_t mv_fw_read(struct file *file, char __user *buf, size_t len, loff_t *off)
{
	struct mv_dev *mv = file->private_data;
	__le32 reset[3] = { 0, cpu_to_le32(MV_CTL_RESET | 4 << 16), 0 };
	struct mv_rec *rec = NULL;
	const void *from = reset;
	size_t have = sizeof(reset);
	int ret;

	for (;;) {
		spin_lock(&mv->lock);
		if (mv->gone) {
			spin_unlock(&mv->lock);
			return 0;
		}
		if (mv_tx_any(mv))
			break;
		spin_unlock(&mv->lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(mv->wait, mv->gone || mv_tx_any(mv));
		if (ret)
			return ret;
	}
	if (!mv->reset_unsent) {
		rec = list_first_entry(&mv->tx, struct mv_rec, list);
		from = rec->data;
		have = rec->len;
	}
	if (len < have) {
		spin_unlock(&mv->lock);
		return -EMSGSIZE;
	}
	if (rec) {
		list_del(&rec->list);
		mv->tx_slots -= rec->slots;
		if (!mv->tx_slots)
			mv_kick(mv);	/* host buffer empty: the core may write again */
	} else {
		reset[2] = cpu_to_le32(mv->reset_seq);
		mv->reset_unsent = false;
	}
	spin_unlock(&mv->lock);

	ret = copy_to_user(buf, from, have) ? -EFAULT : have;
	kfree(rec);
	return ret;
}

static int mv_fw_control(struct mv_dev *mv, const u8 *buf, size_t len)
{
	u32 code = le16_to_cpup((const __le16 *)(buf + 4));
	u32 plen = le16_to_cpup((const __le16 *)(buf + 6));
	const __le32 *arg = (const __le32 *)(buf + 8);
	int i, ret = 0;

	if (len != MV_CTL_HDR_SIZE + plen)
		return -EINVAL;

	spin_lock(&mv->lock);
	switch (code) {
	case MV_CTL_READY:
		if (plen != 4) {
			ret = -EINVAL;
		} else if (mv->reset_pending && le32_to_cpu(*arg) == mv->reset_seq) {
			mv->reset_pending = false;
			mv->fw_ready = true;
			if (!mv->gone)
				mv_kick(mv);
		}			/* else: the answer to a reset that has been overtaken */
		break;
	case MV_CTL_FW_RESET:
		mv->fw_ready = false;
		mv->rx_rd = 0;
		mv->rx_cnt = 0;
		mv_tx_purge_locked(mv);
		if (!mv->gone)
			mv_kick(mv);
		break;
	case MV_CTL_FW_STATUS:
		if (!plen || plen & 3 || plen > sizeof(mv->fw_sts)) {
			ret = -EINVAL;
			break;
		}
		mv->fw_sts_cnt = plen / 4;
		for (i = 0; i < mv->fw_sts_cnt; i++)
			mv->fw_sts[i] = le32_to_cpu(arg[i]);
		break;
	default:
		ret = -EINVAL;
	}
	spin_unlock(&mv->lock);
	return ret;
}

static ssize_t mv_fw_write(struct file *file, const char __user *ubuf, size_t len, loff_t *off)
{
	struct mv_dev *mv = file->private_data;
	u32 buf[DIV_ROUND_UP(MV_REC_MAX, 4)] = {};
	u32 need = mei_data2slots(len);
	u32 i;
	int ret;

	if (len < 4 || len > MV_REC_MAX)
		return -EINVAL;
	if (copy_from_user(buf, ubuf, len))
		return -EFAULT;

	if (!buf[0]) {
		if (len < MV_CTL_HDR_SIZE)
			return -EINVAL;
		ret = mv_fw_control(mv, (u8 *)buf, len);
		return ret ? ret : len;
	}

	/* The header is passed as it is, right or wrong: judging it is the core's business. */
	if (len != 4 + MV_HDR_LEN(le32_to_cpu((__force __le32)buf[0])) || need > MV_SLOTS)
		return -EINVAL;

	for (;;) {
		spin_lock(&mv->lock);
		if (mv->gone) {
			spin_unlock(&mv->lock);
			return -ENODEV;
		}
		if (!mv->fw_ready || !mv->host_ready) {
			/* the link is down, what is said now is lost */
			spin_unlock(&mv->lock);
			return len;
		}
		if (MV_SLOTS - mv->rx_cnt >= need)
			break;
		spin_unlock(&mv->lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(mv->wait, mv->gone || !mv->fw_ready ||
					       !mv->host_ready || MV_SLOTS - mv->rx_cnt >= need);
		if (ret)
			return ret;
	}
	for (i = 0; i < need; i++)
		mv->rx[(mv->rx_rd + mv->rx_cnt++) % MV_SLOTS] = buf[i];
	mv_kick(mv);
	spin_unlock(&mv->lock);
	return len;
}

static __poll_t mv_fw_poll(struct file *file, poll_table *pt)
{
	struct mv_dev *mv = file->private_data;
	__poll_t ev = 0;

	poll_wait(file, &mv->wait, pt);
	spin_lock(&mv->lock);
	if (mv->gone)
		ev |= EPOLLIN | EPOLLHUP;
	if (mv_tx_any(mv))
		ev |= EPOLLIN | EPOLLRDNORM;
	if (!mv->fw_ready || !mv->host_ready || !mv->rx_cnt)
		ev |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock(&mv->lock);
	return ev;
}

static const struct file_operations mv_fw_fops = {
	.owner = THIS_MODULE,
	.open = mv_fw_open,
	.release = mv_fw_release,
	.read = mv_fw_read,
	.write = mv_fw_write,
	.poll = mv_fw_poll,
};

/* ---- binding to a parent device ------------------------------------------------------------- */

static void mv_teardown(void *arg)
{
	struct mv_dev *mv = arg;
	struct mei_device *mei = mv->mei;

	misc_deregister(&mv->misc);	/* no new simulators */
	spin_lock(&mv->lock);
	mv->gone = true;
	mv->fw_ready = false;
	wake_up_interruptible(&mv->wait);
	spin_unlock(&mv->lock);
	cancel_work_sync(&mv->online_work);
	if (mv->started)
		mei_stop(mei);
	mv_intr_disable(mei);
	destroy_workqueue(mv->wq);
	if (mv->registered)
		mei_deregister(mei);
	pm_runtime_put_noidle(mei->dev);
	kref_put(&mv->ref, mv_free);
	/*
	 * mei_device itself goes with devres right after this. Like with the real backends of these
	 * kernel versions, a process that still holds /dev/meiN open pins this module (cdev owner),
	 * so rmmod refuses; only an unbind through sysfs could get here with open files.
	 */
}

static int mv_probe(struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;
	struct mei_device *mei;
	struct mv_dev *mv;
	int ret;

	mei = devm_kzalloc(dev, sizeof(*mei) + sizeof(mv), GFP_KERNEL);
	mv = kzalloc(sizeof(*mv), GFP_KERNEL);
	if (!mei || !mv) {
		kfree(mv);
		return -ENOMEM;
	}
	kref_init(&mv->ref);
	spin_lock_init(&mv->lock);
	init_waitqueue_head(&mv->wait);
	INIT_LIST_HEAD(&mv->tx);
	INIT_WORK(&mv->irq_work, mv_irq);
	INIT_WORK(&mv->online_work, mv_online);
	mv->mei = mei;
	mv->fw_sts_cnt = MEI_FW_STATUS_MAX;
	mv->wq = alloc_ordered_workqueue(KBUILD_MODNAME, 0);
	if (!mv->wq) {
		kfree(mv);
		return -ENOMEM;
	}

	mei_device_init(mei, dev, false, &mv_hw_ops);
	*(struct mv_dev **)mei->hw = mv;
	mei->fw_f_fw_ver_supported = 1;	/* let the bus fixup ask MKHI for the version */

	/* the core calls pm_runtime_get() on us and gives up if that fails: be always on */
	pm_runtime_get_noresume(dev);

	mv->misc.minor = MISC_DYNAMIC_MINOR;
	mv->misc.name = "mei_fw";
	mv->misc.fops = &mv_fw_fops;
	mv->misc.parent = dev;
	mv->misc.mode = 0600;
	ret = misc_register(&mv->misc);
	if (ret) {
		pm_runtime_put_noidle(dev);
		destroy_workqueue(mv->wq);
		kref_put(&mv->ref, mv_free);
		return ret;
	}

	pci_set_drvdata(pdev, mei);
	return devm_add_action_or_reset(dev, mv_teardown, mv);
}

/* What sysfs shows as ids; configuration space keeps QEMU's. Put back, so that it matches again. */
static void mv_show_ids(struct pci_dev *pdev, u16 vendor, u16 device)
{
	pdev->vendor = vendor;
	pdev->device = device;
}

static const struct pci_device_id mv_pci_ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0005) },
	{ }
};
MODULE_DEVICE_TABLE(pci, mv_pci_ids);

static int mv_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = mv_probe(pdev);

	if (!ret)
		mv_show_ids(pdev, PCI_VENDOR_ID_INTEL, MV_PCI_DEVICE_ID);
	return ret;
}

static void mv_pci_remove(struct pci_dev *pdev)
{
	mv_show_ids(pdev, mv_pci_ids[0].vendor, mv_pci_ids[0].device);
}

static struct pci_driver mv_pci_driver = {
	.name = KBUILD_MODNAME,
	.id_table = mv_pci_ids,
	.probe = mv_pci_probe,
	.remove = mv_pci_remove,
};
module_pci_driver(mv_pci_driver);

MODULE_DESCRIPTION("Virtual MEI hardware with the firmware in userspace");
MODULE_LICENSE("GPL");
