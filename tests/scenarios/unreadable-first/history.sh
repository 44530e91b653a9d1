# The first commits had no policy yet: the first version is the first that can be read.
git init --quiet --initial-branch main .
echo "Kladd" | file nb/notater.txt
commit 2026-01-01
mkdir -p content/nb && git rm -q content/nb/notater.txt
policy "nb, en"
commit 2026-01-02
